//! A table of results, and the forms in which it is read: in a terminal, in a page, in a paper, by a program.

use anyhow::Result;
use comfy_table::presets;

use crate::experiment::data;

/// Rows of text under a header.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Names of the columns.
    pub header: Vec<String>,
    /// As long as the header each.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// A table without rows.
    pub fn new(header: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            header: header.into_iter().map(Into::into).collect(),
            rows: Vec::new(),
        }
    }

    /// Its first rows.
    pub fn first(mut self, rows: usize) -> Self {
        self.rows.truncate(rows);
        self
    }

    /// For a terminal.
    pub fn text(&self) -> String {
        let mut table = comfy_table::Table::new();
        table
            .load_style(presets::NOTHING)
            .set_header(&self.header)
            .add_rows(&self.rows);
        table.to_string()
    }

    /// For programs.
    pub fn csv(&self) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let header: Vec<&str> = self.header.iter().map(String::as_str).collect();
        data::write(&mut bytes, &header, self.rows.iter().cloned())?;
        Ok(bytes)
    }

    /// For notes.
    pub fn markdown(&self) -> String {
        let line = |cells: &[String]| {
            let cells: Vec<String> = cells.iter().map(|cell| markdown_escape(cell)).collect();
            format!("| {} |\n", cells.join(" | "))
        };
        let rule = format!("|{}\n", "---|".repeat(self.header.len()));
        line(&self.header) + &rule + &self.rows.iter().map(|row| line(row)).collect::<String>()
    }

    /// For a paper: a `tabular` of the `booktabs` package.
    pub fn latex(&self) -> String {
        let line = |cells: &[String]| {
            format!(
                "{} \\\\\n",
                cells
                    .iter()
                    .map(|cell| latex_escape(cell))
                    .collect::<Vec<_>>()
                    .join(" & ")
            )
        };
        let rows: String = self.rows.iter().map(|row| line(row)).collect();
        format!(
            "\\begin{{tabular}}{{{}}}\n\\toprule\n{}\\midrule\n{rows}\\bottomrule\n\\end{{tabular}}\n",
            "l".repeat(self.header.len()),
            line(&self.header),
        )
    }

    /// For the page.
    pub fn html(&self) -> String {
        let cells = |tag: &str, cells: &[String]| {
            cells
                .iter()
                .map(|cell| format!("<{tag}>{}</{tag}>", html_escape(cell)))
                .collect::<String>()
        };
        let head = self
            .header
            .iter()
            .map(|cell| format!("<th scope=\"col\">{}</th>", html_escape(cell)));
        let rows = self.rows.iter().map(|row| format!("<tr>{}</tr>\n", cells("td", row)));
        format!(
            "<div class=\"scroll\"><table><thead><tr>{}</tr></thead>\n<tbody>\n{}</tbody></table></div>\n",
            head.collect::<String>(),
            rows.collect::<String>()
        )
    }
}

/// Text as it stands in a page, in an element or in a quoted attribute.
pub fn html_escape(text: &str) -> String {
    let escape = |c: char| match c {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        '"' => "&quot;".to_owned(),
        '\'' => "&#39;".to_owned(),
        c => c.to_string(),
    };
    text.chars().map(escape).collect()
}

/// Text as it stands in a cell of a Markdown table. CommonMark (0.31, section 2.4) takes a backslash before any ASCII
/// punctuation for that character; these are the ones that mean something within a line.
fn markdown_escape(text: &str) -> String {
    let escape = |c: char| match c {
        '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '|' | '~' | '$' | '!' => format!("\\{c}"),
        '\n' | '\r' => " ".to_owned(),
        c => c.to_string(),
    };
    text.chars().map(escape).collect()
}

/// Text as it stands in a LaTeX table.
fn latex_escape(text: &str) -> String {
    let escape = |c: char| match c {
        '&' | '%' | '$' | '#' | '_' | '{' | '}' => format!("\\{c}"),
        '~' => "\\textasciitilde{}".to_owned(),
        '^' => "\\textasciicircum{}".to_owned(),
        '\\' => "\\textbackslash{}".to_owned(),
        // A row that begins with a bracket would be taken for an option of the line break before.
        '[' => "{[}".to_owned(),
        ']' => "{]}".to_owned(),
        '<' => "\\textless{}".to_owned(),
        '>' => "\\textgreater{}".to_owned(),
        c => c.to_string(),
    };
    text.chars().map(escape).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_a_meaning_in_a_format_is_escaped_there() {
        let mut table = Table::new(["a|b", "<script>"]);
        table.rows.push(vec!["x^2 & 5 %".to_owned(), "\"[1, 2]\"".to_owned()]);
        assert!(table.html().contains("&lt;script&gt;") && !table.html().contains("<script>"));
        assert!(table.html().contains("x^2 &amp; 5 %") && table.html().contains("&quot;[1, 2]&quot;"));
        assert!(table.markdown().starts_with("| a\\|b | \\<script\\> |\n|---|---|\n"));
        assert!(
            table
                .latex()
                .contains("x\\textasciicircum{}2 \\& 5 \\% & \"{[}1, 2{]}\" \\\\")
        );
        assert_eq!(
            markdown_escape("2*x*y|z_1 `<b>` [a](b)"),
            "2\\*x\\*y\\|z\\_1 \\`\\<b\\>\\` \\[a\\](b)"
        );
        assert_eq!(
            table.csv().expect("bytes"),
            b"a|b,<script>\nx^2 & 5 %,\"\"\"[1, 2]\"\"\"\n"
        );
    }
}
