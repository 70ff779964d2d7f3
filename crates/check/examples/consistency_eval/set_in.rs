//! A sentence set into a passage.

use check::consistency::TableCells;

use crate::random::Random;

/// The passage with the sentence as a paragraph of its own or behind one of its sentences; and the tables in it.
pub(crate) fn set_in(
    passage: &str,
    sentence: &str,
    tables: bool,
    random: &mut Random,
) -> (String, Vec<TableCells>) {
    let ends: Vec<usize> = passage.match_indices('。').map(|(at, end)| at + end.len()).collect();
    let at = if ends.is_empty() || tables { passage.len() } else { ends[random.below(ends.len())] };
    let newline = if tables || ends.is_empty() { "\n" } else { "" };
    let text = format!("{}{newline}{sentence}{}", &passage[..at], &passage[at..]);
    let mut found = TableCells::default();
    if tables {
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            if line.contains('\t') {
                let mut from = start;
                let mut row = Vec::new();
                for cell in line.trim_end_matches('\n').split('\t') {
                    row.push(from..from + cell.len());
                    from += cell.len() + 1;
                }
                found.rows.push(row);
            }
            start += line.len();
        }
    }
    (text, if tables { vec![found] } else { Vec::new() })
}
