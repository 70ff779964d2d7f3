//! What holds whatever the policies are.

use access::{Action, Decision, Grant, Policies, Principal, RegisterWords, Resource, Vocabulary};
use proptest::prelude::*;

fn words() -> Vocabulary {
    let register = |key: &str, two_person| RegisterWords {
        key: key.to_owned(),
        states: vec!["open".to_owned(), "closed".to_owned()],
        two_person,
    };
    Vocabulary {
        roles: vec!["clerk".to_owned(), "verifier".to_owned()],
        registers: vec![register("docks", true), register("parks", false)],
    }
}

/// A policy that means something: an effect, a scope, conditions.
fn policy(effect: &'static str) -> impl Strategy<Value = String> {
    let principal = prop::sample::select(vec![
        "principal",
        "principal in Role::\"clerk\"",
        "principal in Role::\"verifier\"",
    ]);
    let action = prop::sample::select(vec![
        "action",
        "action == Action::\"verify\"",
        "action in [Action::\"enter\", Action::\"amend\", Action::\"view\"]",
    ]);
    let resource =
        prop::sample::select(vec!["resource", "resource in Register::\"docks\"", "resource in Unit::\"U1\""]);
    let when = prop::sample::select(vec![
        "",
        "when { resource in principal.unit }",
        "when { resource has state && resource.state == State::\"open\" }",
        "unless { resource.authors.contains(principal.account) }",
        "when { resource.two_person }",
        "unless { principal.account == Account::\"zhang\" }",
        "when { resource[\"\\u{61}uthors\"].contains(principal.account) }",
    ]);
    (principal, action, resource, when).prop_map(move |(principal, action, resource, when)| {
        format!("{effect} ({principal}, {action}, {resource}) {when};\n")
    })
}

fn compiled(text: &str) -> Policies {
    let (policies, faults) = access::compile(&[("policies/all.cedar".to_owned(), text.to_owned())], &words());
    policies.unwrap_or_else(|| panic!("{text}\n{faults:?}"))
}

#[derive(Clone, Debug)]
struct Asked {
    account: String,
    grants: Vec<Grant>,
    action: Action,
    register: Option<String>,
    units: Vec<String>,
    authors: Vec<String>,
    state: Option<String>,
}

impl Asked {
    fn of(&self, policies: &Policies) -> Decision {
        policies.decide(&self.principal(), self.action, &self.resource())
    }

    fn principal(&self) -> Principal<'_> {
        Principal { account: &self.account, grants: &self.grants, scopes: None }
    }

    fn resource(&self) -> Resource<'_> {
        Resource {
            register: self.register.as_deref(),
            units: &self.units,
            authors: &self.authors,
            state: self.state.as_deref(),
        }
    }
}

fn name(names: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::sample::select(names).prop_map(str::to_owned)
}

fn grant() -> impl Strategy<Value = Grant> {
    let unit = prop::option::of(name(&["U1", "U2", "B11", "*"]));
    (name(&["clerk", "verifier", "nobody"]), unit).prop_map(|(role, unit)| Grant { role, unit })
}

fn asked() -> impl Strategy<Value = Asked> {
    let units = prop::sample::select(vec![
        vec![],
        vec!["U1", "U0"],
        vec!["B11", "U1", "U0"],
        vec!["B11", "U2", "U0"],
    ]);
    (
        name(&["zhang", "li"]),
        prop::collection::vec(grant(), 0..3),
        prop::sample::select(Action::ALL),
        prop::option::of(name(&["docks", "parks", "gone"])),
        units,
        prop::collection::vec(name(&["zhang", "wang"]), 0..2),
        prop::option::of(name(&["open", "closed"])),
    )
        .prop_map(|(account, grants, action, register, units, authors, state)| Asked {
            account,
            grants,
            action,
            register,
            units: units.into_iter().map(str::to_owned).collect(),
            authors,
            state,
        })
}

fn some(effect: &'static str, most: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(policy(effect), 0..=most).prop_map(|list| list.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn an_account_without_grants_may_nothing(
        permits in some("permit", 4), forbids in some("forbid", 1), mut asked in asked()
    ) {
        let policies = compiled(&format!("{permits}{forbids}"));
        asked.grants.clear();
        prop_assert!(!asked.of(&policies).allowed);
        prop_assert!(!policies.may_anywhere(&asked.principal(), asked.action, asked.register.as_deref()));
    }

    /// What was asked before never changes an answer: nothing that a policy looks at is left out of what is remembered.
    #[test]
    fn an_answer_is_the_same_whatever_was_asked_before(
        permits in some("permit", 4), forbids in some("forbid", 1), asked in prop::collection::vec(asked(), 2..24)
    ) {
        let policies = compiled(&format!("{permits}{forbids}"));
        for asked in asked {
            let fresh = compiled(&format!("{permits}{forbids}"));
            prop_assert_eq!(asked.of(&policies), asked.of(&fresh), "{:?}", asked);
        }
    }

    #[test]
    fn a_forbidding_policy_more_never_allows_more(
        permits in some("permit", 4), forbids in some("forbid", 1), more in policy("forbid"),
        asked in prop::collection::vec(asked(), 8)
    ) {
        let before = compiled(&format!("{permits}{forbids}"));
        let after = compiled(&format!("{permits}{forbids}{more}"));
        for asked in asked {
            prop_assert!(before.of(&asked) || !after.of(&asked), "{asked:?}");
        }
    }

    #[test]
    fn a_permitting_policy_more_never_denies_more(
        permits in some("permit", 3), forbids in some("forbid", 1), more in policy("permit"),
        asked in prop::collection::vec(asked(), 8)
    ) {
        let before = compiled(&format!("{permits}{forbids}"));
        let after = compiled(&format!("{permits}{forbids}{more}"));
        for asked in asked {
            prop_assert!(!before.of(&asked) || after.of(&asked), "{asked:?}");
        }
    }

    #[test]
    fn a_token_never_reaches_further_than_its_account(
        permits in some("permit", 4), asked in asked(), scopes in prop::collection::vec(name(&["view", "enter:docks", "verify", "*"]), 0..3)
    ) {
        let policies = compiled(&permits);
        let principal = Principal { scopes: Some(&scopes), ..asked.principal() };
        let with = policies.decide(&principal, asked.action, &asked.resource()).allowed;
        prop_assert!(!with || asked.of(&policies).allowed);
        let in_scope = scopes.iter().any(|scope| scope == asked.action.key()
            || scope.split_once(':') == Some((asked.action.key(), asked.register.as_deref().unwrap_or("-"))));
        prop_assert!(in_scope || !with);
    }

    #[test]
    fn what_is_allowed_somewhere_of_ones_own_is_found(
        permits in some("permit", 4), asked in asked()
    ) {
        // Of records in the grants' own units, that nobody's entries wait for.
        let policies = compiled(&permits);
        for grant in &asked.grants {
            let units: Vec<String> = grant.unit.iter().cloned().collect();
            let here = Asked { units, authors: Vec::new(), ..asked.clone() };
            if here.of(&policies).allowed && here.register.as_deref() != Some("gone") {
                prop_assert!(
                    policies.may_anywhere(&here.principal(), here.action, here.register.as_deref()), "{here:?}"
                );
                prop_assert!(policies.may_anywhere(&here.principal(), here.action, None), "{here:?}");
            }
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in "[a-zA-Z@(){};,.=\\[\\]\"&|!<> \\n\u{4e00}-\u{4e10}\u{202e}]{0,80}") {
        let files = [("policies/any.cedar".to_owned(), text)];
        let (_, faults) = access::compile(&files, &words());
        for fault in &faults {
            let is_chinese = |c| ('\u{4e00}'..='\u{9fff}').contains(&c);
            prop_assert!(fault.message.simplified.chars().any(is_chinese));
        }
        message::render(&faults, message::Language::English, false);
    }
}

/// Short for the tests above.
trait Says {
    fn of(&self, asked: &Asked) -> bool;
}

impl Says for Policies {
    fn of(&self, asked: &Asked) -> bool {
        asked.of(self).allowed
    }
}

#[test]
fn descent_is_that_of_the_date_which_the_caller_names() {
    let policies = compiled(
        "permit (principal in Role::\"clerk\", action == Action::\"amend\", resource) when { resource in principal.unit };",
    );
    let grants = [Grant { role: "clerk".to_owned(), unit: Some("U1".to_owned()) }];
    let principal = Principal { account: "zhang", grants: &grants, scopes: None };
    let check = |units: [&str; 3], expected: bool| {
        let units = units.map(str::to_owned);
        let resource = Resource { register: Some("docks"), units: &units, ..Resource::default() };
        assert_eq!(policies.decide(&principal, Action::Amend, &resource).allowed, expected, "{units:?}");
    };
    // The branch belonged to U1 until it was moved to U2.
    check(["B11", "U1", "U0"], true);
    check(["B11", "U2", "U0"], false);
    check(["B11", "U1", "U0"], true);
}

#[test]
fn a_policy_that_fails_denies() {
    // The sum leaves the numbers that Cedar has, which no check can see before.
    let policies = compiled(
        "permit (principal, action, resource);\n\
         forbid (principal, action, resource) when { 9223372036854775807 + (if resource.two_person then 1 else 0) == 0 };",
    );
    let grants = [Grant { role: "clerk".to_owned(), unit: None }];
    let principal = Principal { account: "zhang", grants: &grants, scopes: None };
    let ask = |register| {
        policies.decide(
            &principal,
            Action::View,
            &Resource { register: Some(register), ..Resource::default() },
        )
    };
    assert!(ask("parks").allowed);
    assert!(!ask("docks").allowed);
}
