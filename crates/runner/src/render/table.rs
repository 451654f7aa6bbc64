//! A table of results, and the forms in which it is read: in a terminal, in a page, in a paper, by a program.

use anyhow::Result;
use comfy_table::presets;
use serde_json::{Value, json};

use crate::experiment::data;
use crate::statistics::Estimate;

/// Columns of results, in two sets that are made of the same rows: what a person reads, and what a program reads, for which
/// numbers are numbers, one in each column and with all their digits.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    rows: usize,
    shown: Vec<Shown>,
    fields: Vec<Field>,
}

/// A column for people.
#[derive(Debug, Clone, PartialEq)]
struct Shown {
    heading: String,
    cells: Vec<String>,
    /// The trials that the cells are about, which the page leads to; none of most columns.
    trials: Vec<Vec<String>>,
}

/// A column for programs.
#[derive(Debug, Clone, PartialEq)]
struct Field {
    name: String,
    values: Values,
}

#[derive(Debug, Clone, PartialEq)]
enum Values {
    Texts(Vec<String>),
    Numbers(Vec<Option<f64>>),
}

impl Values {
    /// As it is written for a program; nothing where there is no number.
    fn written(&self, row: usize) -> String {
        match self {
            Self::Texts(texts) => texts[row].clone(),
            Self::Numbers(numbers) => numbers[row].map_or_else(String::new, |number| number.to_string()),
        }
    }
}

/// A table in the making: each call adds a column of something that its rows have.
#[derive(Debug)]
pub struct Columns<'r, R> {
    of: &'r [R],
    table: Table,
}

impl<R> Columns<'_, R> {
    /// For people.
    pub fn shown(mut self, heading: &str, cell: impl Fn(&R) -> String) -> Self {
        self.table.shown.push(Shown {
            heading: heading.to_owned(),
            cells: self.of.iter().map(cell).collect(),
            trials: Vec::new(),
        });
        self
    }

    /// For people: trials by their ids, as a text, and in a page as buttons that lead to them.
    pub fn trials(mut self, heading: &str, cell: impl Fn(&R) -> String, trials: impl Fn(&R) -> Vec<String>) -> Self {
        self.table.shown.push(Shown {
            heading: heading.to_owned(),
            cells: self.of.iter().map(cell).collect(),
            trials: self.of.iter().map(trials).collect(),
        });
        self
    }

    /// A text for programs.
    pub fn text(self, name: &str, text: impl Fn(&R) -> String) -> Self {
        let texts = self.of.iter().map(text).collect();
        self.field(name, Values::Texts(texts))
    }

    /// A number for programs, where there is one.
    pub fn number(self, name: &str, number: impl Fn(&R) -> Option<f64>) -> Self {
        let numbers = self.of.iter().map(number).collect();
        self.field(name, Values::Numbers(numbers))
    }

    /// A number of things for programs.
    pub fn count(self, name: &str, count: impl Fn(&R) -> usize) -> Self {
        self.number(name, |row| Some(count(row) as f64))
    }

    /// A median, the ends of its interval and what that covers, for programs.
    pub fn estimate(self, name: &str, estimate: impl Fn(&R) -> Option<Estimate>) -> Self {
        self.number(&format!("{name}_median"), |row| estimate(row).map(|of| of.median))
            .number(&format!("{name}_low"), |row| estimate(row).map(|of| of.low))
            .number(&format!("{name}_high"), |row| estimate(row).map(|of| of.high))
            .number(&format!("{name}_coverage"), |row| estimate(row).map(|of| of.coverage))
    }

    /// A text that people and programs read alike.
    pub fn same(self, name: &str, text: impl Fn(&R) -> String) -> Self {
        self.shown(name, &text).text(name, &text)
    }

    fn field(mut self, name: &str, values: Values) -> Self {
        let name = name.to_owned();
        self.table.fields.push(Field { name, values });
        self
    }

    /// With all its columns.
    pub fn table(self) -> Table {
        self.table
    }
}

impl Table {
    /// A table of these rows, without columns yet.
    pub fn of<R>(rows: &[R]) -> Columns<'_, R> {
        let table = Self {
            rows: rows.len(),
            ..Self::default()
        };
        Columns { of: rows, table }
    }

    /// How many rows it has.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Its first rows.
    pub fn first(mut self, rows: usize) -> Self {
        self.rows = self.rows.min(rows);
        self
    }

    fn headings(&self) -> Vec<&str> {
        self.shown.iter().map(|column| column.heading.as_str()).collect()
    }

    /// Row by row, as people read it.
    fn lines(&self) -> impl Iterator<Item = Vec<&str>> {
        (0..self.rows).map(|row| self.shown.iter().map(|column| column.cells[row].as_str()).collect())
    }

    /// For a terminal.
    pub fn text(&self) -> String {
        let mut table = comfy_table::Table::new();
        table
            .load_style(presets::NOTHING)
            .set_header(self.headings())
            .add_rows(self.lines());
        table.to_string()
    }

    /// For programs.
    pub fn csv(&self) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let header: Vec<&str> = self.fields.iter().map(|field| field.name.as_str()).collect();
        let row = |row: usize| self.fields.iter().map(|field| field.values.written(row)).collect();
        data::write(&mut bytes, &header, (0..self.rows).map(row))?;
        Ok(bytes)
    }

    /// For programs too: an object for each row. What there is not is null, and what is no finite number is a text, as in
    /// CSV.
    pub fn json(&self) -> Value {
        let value = |field: &Field, row: usize| match &field.values {
            Values::Texts(texts) => json!(texts[row]),
            Values::Numbers(numbers) => match numbers[row] {
                Some(number) if !number.is_finite() => json!(number.to_string()),
                number => json!(number),
            },
        };
        let object = |row: usize| -> Value {
            let fields = self.fields.iter().map(|field| (field.name.clone(), value(field, row)));
            Value::Object(fields.collect())
        };
        (0..self.rows).map(object).collect()
    }

    /// For notes.
    pub fn markdown(&self) -> String {
        let line = |cells: Vec<&str>| {
            let cells: Vec<String> = cells.into_iter().map(markdown_escape).collect();
            format!("| {} |\n", cells.join(" | "))
        };
        let rule = format!("|{}\n", "---|".repeat(self.shown.len()));
        line(self.headings()) + &rule + &self.lines().map(line).collect::<String>()
    }

    /// For a paper: a `tabular` of the `booktabs` package.
    pub fn latex(&self) -> String {
        let line = |cells: Vec<&str>| {
            let cells: Vec<String> = cells.into_iter().map(latex_escape).collect();
            format!("{} \\\\\n", cells.join(" & "))
        };
        format!(
            "\\begin{{tabular}}{{{}}}\n\\toprule\n{}\\midrule\n{}\\bottomrule\n\\end{{tabular}}\n",
            "l".repeat(self.shown.len()),
            line(self.headings()),
            self.lines().map(line).collect::<String>(),
        )
    }

    /// For the page.
    pub fn html(&self) -> String {
        let heading = |cell: &str| format!("<th scope=\"col\">{}</th>", html_escape(cell));
        let row = |row: usize| {
            let cells = self.shown.iter().map(|column| column.html(row));
            format!("<tr>{}</tr>\n", cells.collect::<String>())
        };
        format!(
            "<div class=\"scroll\"><table><thead><tr>{}</tr></thead>\n<tbody>\n{}</tbody></table></div>\n",
            self.headings().into_iter().map(heading).collect::<String>(),
            (0..self.rows).map(row).collect::<String>()
        )
    }
}

impl Shown {
    fn html(&self, row: usize) -> String {
        /// Characters from which on a cell is a text, which is broken into lines wherever it is.
        const LONG: usize = 36;
        /// Characters up to which a cell is a number or a name, which is not broken.
        const SHORT: usize = 12;
        let (cell, long) = match self.trials.get(row) {
            Some(trials) if !trials.is_empty() => (buttons(trials), true),
            _ => (
                unbroken(&html_escape(&self.cells[row])),
                self.cells[row].chars().count() > LONG,
            ),
        };
        let class = match self.cells[row].chars().count() {
            _ if long => " class=\"long\"",
            length if length <= SHORT => " class=\"short\"",
            _ => "",
        };
        format!("<td{class}>{cell}</td>")
    }
}

/// Digits of an id that tell trials apart wherever a person reads or types one.
const DIGITS: usize = 8;

/// A button for each trial, those after the first few folded away, and those after many only counted.
fn buttons(trials: &[String]) -> String {
    const OPEN: usize = 3;
    const MOST: usize = 60;
    let button = |id: &String| {
        let id = html_escape(&id[..DIGITS]);
        format!("<button type=\"button\" data-trial=\"{id}\">{id}</button> ")
    };
    let some = |trials: &[String]| trials.iter().map(button).collect::<String>();
    let (open, folded) = trials.split_at(OPEN.min(trials.len()));
    let (folded, left) = folded.split_at((MOST - OPEN).min(folded.len()));
    let left = match left.len() {
        0 => String::new(),
        more => format!("and {more} more, all in tables/claims.csv"),
    };
    match folded {
        [] => some(open),
        _ => format!(
            "{}<details><summary>{} more</summary>{}{left}</details>",
            some(open),
            trials.len() - OPEN,
            some(folded)
        ),
    }
}

/// An interval or a range in brackets is not broken into lines.
fn unbroken(cell: &str) -> String {
    match (cell.matches('[').count(), cell.matches(']').count()) {
        (open, close) if open == close && open > 0 && !cell.contains("[[") => {
            cell.replace('[', "<span class=\"whole\">[").replace(']', "]</span>")
        }
        _ => cell.to_owned(),
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
        let rows = [("x^2 & 5 %".to_owned(), "\"[1, 2]\"".to_owned())];
        let table = Table::of(&rows)
            .same("a|b", |row| row.0.clone())
            .same("<script>", |row| row.1.clone())
            .table();
        assert!(table.html().contains("&lt;script&gt;") && !table.html().contains("<script>"));
        assert!(
            table.html().contains("x^2 &amp; 5 %")
                && table.html().contains("&quot;<span class=\"whole\">[1, 2]</span>&quot;")
        );
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

    /// A few trials are buttons, the others are folded away, and more than anybody clicks are counted.
    #[test]
    fn trials_are_buttons_in_a_page_and_a_text_elsewhere() {
        let html = |trials: usize| {
            let ids: Vec<String> = (0..trials).map(|id| format!("{id:08}rest")).collect();
            let table = Table::of(&[ids])
                .trials("not by", |ids| ids.len().to_string(), Clone::clone)
                .table();
            assert!(table.markdown().contains(&format!("| {trials} |")));
            table.html()
        };
        let buttons = |html: &str| html.matches("<button type=\"button\" data-trial=\"0000").count();
        assert!(html(0).contains("<td class=\"short\">0</td>"));
        assert!(html(3).contains("data-trial=\"00000002\">00000002</button>") && !html(3).contains("<details>"));
        let many = html(100);
        assert!(many.contains("<summary>97 more</summary>") && many.contains("and 40 more, all in tables/claims.csv"));
        assert_eq!((buttons(&html(3)), buttons(&many)), (3, 60));
    }

    /// What a program reads back is the number itself, whatever people are shown of it.
    #[test]
    fn programs_read_numbers_with_all_their_digits() {
        let estimate = Estimate {
            median: 1.0 / 3.0,
            low: 1e-300,
            high: f64::INFINITY,
            coverage: 0.9375,
            n: 5,
        };
        let table = Table::of(&[(7, Some(estimate)), (0, None)])
            .shown("error", |_| "about a third".to_owned())
            .count("networks", |row| row.0)
            .estimate("error", |row| row.1)
            .table();
        let csv = String::from_utf8(table.csv().expect("bytes")).expect("text");
        let mut lines = csv.lines();
        assert_eq!(
            lines.next(),
            Some("networks,error_median,error_low,error_high,error_coverage")
        );
        let first = lines.next().expect("a row").split(',').map(|cell| cell.parse::<f64>());
        let first: Vec<f64> = first.collect::<Result<_, _>>().expect("numbers");
        assert_eq!(first, [7.0, 1.0 / 3.0, 1e-300, f64::INFINITY, 0.9375]);
        assert_eq!((lines.next(), lines.next()), (Some("0,,,,"), None));
        assert_eq!(table.clone().first(1).rows(), 1);
        assert_eq!(table.first(1).text().trim_end().lines().count(), 2);
    }
}
