//! Size is a smell, not a rule: the list is printed, nothing fails.
#![expect(
    clippy::print_stdout,
    reason = "a report for whoever runs it with --nocapture"
)]

use crate::tree;

const SMELL: usize = 400;

#[test]
fn long_files_are_listed() {
    for file in tree::files()
        .iter()
        .filter(|file| file.path.ends_with(".rs"))
    {
        let lines = file.lines().count();
        if lines > SMELL {
            println!("{lines:>6}  {}", file.path);
        }
    }
}
