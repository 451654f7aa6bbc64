//! Figures as pixels, where SVG cannot go. They bring their font, since a bare machine has none.

use std::sync::Arc;

use anyhow::{Context, Result};
use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg::fontdb::Database;
use resvg::usvg::{Options, Tree};

/// Pixels to a point of the picture: a figure at the width of a column has some 300 to the inch.
const SCALE: f32 = 3.0;

/// A picture as PNG on white ground.
pub fn png(svg: &str) -> Result<Vec<u8>> {
    let mut fonts = Database::new();
    fonts.load_font_data(epaint_default_fonts::UBUNTU_LIGHT.to_vec());
    fonts.set_sans_serif_family("Ubuntu");
    let options = Options {
        fontdb: Arc::new(fonts),
        ..Options::default()
    };
    let tree = Tree::from_str(svg, &options).context("a figure is no SVG")?;
    let size = tree.size();
    let pixels = |length: f32| (SCALE * length).ceil() as u32;
    let mut picture = Pixmap::new(pixels(size.width()), pixels(size.height())).context("a figure has no size")?;
    picture.fill(Color::WHITE);
    resvg::render(&tree, Transform::from_scale(SCALE, SCALE), &mut picture.as_mut());
    picture.encode_png().context("a figure cannot be written as PNG")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ink(svg: &str) -> usize {
        let png = png(svg).expect("a picture");
        let picture = Pixmap::decode_png(&png).expect("a PNG");
        let white = Color::WHITE.premultiply().to_color_u8();
        picture.pixels().iter().filter(|pixel| **pixel != white).count()
    }

    #[test]
    fn text_is_drawn_on_a_machine_without_fonts() {
        let picture = |inside: &str| {
            format!("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"100\" height=\"20\">{inside}</svg>")
        };
        assert_eq!(ink(&picture("")), 0);
        assert!(
            ink(&picture(
                "<text x=\"5\" y=\"15\" font-family=\"sans-serif\">error</text>"
            )) > 100
        );
    }
}
