//! What to learn: expressions, or columns of a table.

use std::sync::Arc;

use anyhow::Result;

use super::ROWS;
use super::axis::{Axis, axis};
use super::kind::{Expression, Outputs, Text, text};
use super::row::With;
use super::teacher::Teachers;
use crate::error::InputError;
use crate::experiment::data;
use crate::experiment::document::{Document, Node};
use crate::experiment::target::{Data, Function, Target};

/// The targets of an experiment.
pub fn targets(document: &Document) -> Result<Axis<Target>> {
    let [function, data, teacher] = ["target.function", "target.data", "target.teacher"].map(|key| document.get(key));
    if let (Some(_), Some(node)) = (function.or(data), teacher) {
        let message = "a target is either a function, data or a teacher; remove target.teacher or the other";
        return Err(node.error(message).into());
    }
    if let Some(node) = teacher {
        refuse(document, With::Data, "target.data, not with target.teacher")?;
        return Ok(functions(axis(node, &Teachers)?));
    }
    match (function, data) {
        (Some(_), Some(data)) => Err(data
            .error("a target is either a function or data; remove one of target.function and target.data")
            .into()),
        (Some(node), None) => {
            refuse(document, With::Data, "target.data, not with target.function")?;
            let axis = axis(node, &Outputs(Expression))?;
            let target = |functions: Vec<Function>| {
                let function = Function::together(functions).map_err(|error| node.error(error))?;
                told_apart(&function.outputs(), node)?;
                Ok::<_, InputError>(Target::Function(function))
            };
            Ok(Axis {
                values: axis.values.into_iter().map(target).collect::<Result<_, _>>()?,
                swept: axis.swept,
            })
        }
        (None, Some(node)) => {
            refuse(document, With::Function, "target.function, not with target.data")?;
            data_targets(document, node)
        }
        (None, None) => Err(InputError::new(
            "the experiment has no target: add\n\n    [target]\n    function = \"x^2\"\n\nor, for your own data, \
             data = \"file.csv\", x = [\"column\"], y = \"column\"",
        )
        .into()),
    }
}

fn functions(axis: Axis<Function>) -> Axis<Target> {
    Axis {
        values: axis.values.into_iter().map(Target::Function).collect(),
        swept: axis.swept,
    }
}

/// Settings that go with the other kind of target alone.
fn refuse(document: &Document, with: With, goes: &str) -> Result<(), InputError> {
    let typed = ROWS.iter().filter(|row| row.with == with);
    let typed = typed.filter_map(|row| Some((row.key, document.get(row.key)?)));
    match typed.into_iter().next() {
        Some((key, node)) => Err(node.error(format!("{key} goes with {goes}"))),
        None => Ok(()),
    }
}

/// Results tell the outputs of a network apart by their names.
fn told_apart(outputs: &[String], node: &Node) -> Result<(), InputError> {
    let again = (1..outputs.len()).find(|place| outputs[..*place].contains(&outputs[*place]));
    again.map_or(Ok(()), |place| {
        Err(node.error(format!("\"{}\" is an output of the same network twice", outputs[place])))
    })
}

fn data_targets(document: &Document, node: &Node) -> Result<Axis<Target>> {
    let missing = |key: &str| {
        node.error(format!(
            "target.data needs {key} too: the name of a column of the file, for example {key} = \"time\""
        ))
    };
    let column = Text("a column");
    let inputs = document.get("target.x").ok_or_else(|| missing("x"))?;
    let outputs = document.get("target.y").ok_or_else(|| missing("y"))?;
    let x = axis(inputs, &column)?.values;
    let y = axis(outputs, &Outputs(column))?;
    let path = node.source.folder.join(text(node)?);
    let targets = y.values.into_iter().map(|y| {
        told_apart(&y, outputs)?;
        let columns: Vec<String> = x.iter().chain(&y).cloned().collect();
        let table = data::read(&path, &columns).map_err(|error| match error.downcast::<InputError>() {
            Ok(error) => node.error(error.to_string()).into(),
            Err(error) => error,
        })?;
        if table.incomplete > 0 {
            let path = path.display();
            eprintln!(
                "note: {} rows of {path} have no value in {}, and are left out",
                table.incomplete,
                columns.join(", ")
            );
        }
        Ok(Target::Data(Data {
            x: x.clone(),
            y,
            table: Arc::new(table),
        }))
    });
    Ok(Axis {
        values: targets.collect::<Result<_>>()?,
        swept: y.swept,
    })
}
