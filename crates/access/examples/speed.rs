//! How long a decision takes with the demo city's own policies: `cargo run --release -p access --example speed`.

use std::time::Instant;

use access::{Action, Grant, Principal, RegisterWords, Resource, Vocabulary};

fn main() {
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/../../packs/jiangcheng/policies");
    let files: Vec<(String, String)> = std::fs::read_dir(directory)
        .expect("the policies are there")
        .map(|entry| entry.expect("readable").path())
        .map(|path| (path.display().to_string(), std::fs::read_to_string(&path).expect("text")))
        .collect();
    let roles = ["clerk", "verifier", "office", "leader", "auditor", "administrator"];
    let register = |number| RegisterWords {
        key: format!("register_{number}"),
        states: vec!["open".to_owned(), "closed".to_owned()],
        two_person: number % 2 == 0,
    };
    let words =
        Vocabulary { roles: roles.map(str::to_owned).to_vec(), registers: (0..45).map(register).collect() };
    let begun = Instant::now();
    let (policies, _) = access::compile(&files, &words);
    let policies = policies.expect("they compile");
    println!("compiled {} policies in {:?}", policies.count(), begun.elapsed());

    let grants =
        ["clerk", "verifier"].map(|role| Grant { role: role.to_owned(), unit: Some("U12".to_owned()) });
    let principal = Principal { account: "zhang", grants: &grants, scopes: None };
    let ask = |name: &str, rounds: usize, record: &dyn Fn(usize) -> String| {
        let begun = Instant::now();
        let mut allowed = 0;
        for round in 0..rounds {
            let units = [record(round), "U12".to_owned(), "U0".to_owned()];
            let authors = ["li".to_owned()];
            let resource = Resource {
                register: Some("register_0"),
                units: &units,
                authors: &authors,
                state: Some("open"),
            };
            for action in [Action::View, Action::Amend, Action::Verify, Action::Return] {
                allowed += usize::from(policies.decide(&principal, action, &resource).allowed);
            }
        }
        let each = begun.elapsed() / u32::try_from(rounds * 4).expect("few");
        println!("{name}: {each:?} a decision ({allowed} allowed)");
    };
    ask("never asked before", 4_000, &|round| format!("B{round}"));
    ask("asked before", 4_000, &|round| format!("B{}", round % 100));
    let begun = Instant::now();
    let menu: Vec<bool> =
        Action::ALL.iter().map(|&action| policies.may_anywhere(&principal, action, None)).collect();
    println!("a menu of {} actions, first time: {:?}", menu.len(), begun.elapsed());
    let begun = Instant::now();
    Action::ALL.iter().for_each(|&action| {
        assert!(policies.may_anywhere(&principal, action, None) == menu[action as usize])
    });
    println!("the same again: {:?}", begun.elapsed());
}
