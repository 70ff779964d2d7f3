//! Somebody with rights, but not there: another unit's records, another unit's accounts.

use access::Action;
use axum::http::Method;
use web::Need;

use super::open;
use super::{entries, filled, name, routes, send};
use crate::it::stage::Stage;

/// Two units of the same level that are not above one another.
fn two_units(stage: &Stage) -> (String, String) {
    let units = stage.app.now().shelf.units(web::when::today()).expect("units");
    let city = units.iter().find(|unit| unit.parent.is_none()).expect("the city").code.clone();
    let mut municipal = units.children(&city).filter(|unit| !unit.dissolved).map(|unit| unit.code.clone());
    (municipal.next().expect("a unit"), municipal.next().expect("another"))
}

#[test]
fn nobody_changes_a_record_of_another_unit() {
    let stage = open();
    let (mine, _) = two_units(&stage);
    let now = stage.app.now();
    let units = now.shelf.units(web::when::today()).expect("units");
    let below = units.downward(&mine);
    // A dock that belongs to somebody else.
    let docks = now.shelf.list(&shelf::Query::new("docks", web::when::today())).expect("docks");
    let theirs = docks.rows.iter().find(|row| row.owner.as_ref().is_none_or(|owner| !below.contains(owner)));
    let theirs = theirs.expect("a dock of another unit").record.0.to_string();
    let person = stage.signed_in("of.here", &[("clerk", Some(&mine)), ("verifier", Some(&mine))]);
    let before = entries(&stage);
    let mut tried = 0;
    for route in routes() {
        let about_a_record = route.path.contains("/records/{");
        let changes =
            route.method != Method::GET && !matches!(route.need, Need::May(Action::View | Action::Export));
        if !about_a_record || !changes {
            continue;
        }
        tried += 1;
        let path = filled(&route.path, |_| &theirs);
        for fields in [
            &[][..],
            &[("reason", "because"), ("version", "1"), ("state", "closed"), ("key", "a-key-of-the-test")],
        ] {
            let status = send(&person, &route, &path, fields).status().as_u16();
            assert!((400..500).contains(&status), "{}: {status}", name(&route));
        }
        assert_eq!(entries(&stage), before, "{}", name(&route));
    }
    println!("{tried} routes that change a record were tried");
}

#[test]
fn an_administrator_of_a_unit_stays_inside_it() {
    let stage = open();
    let (mine, other) = two_units(&stage);
    let admin = stage.signed_in("admin.here", &[("administrator", Some(&mine))]);
    stage.signed_in("clerk.here", &[("clerk", Some(&mine))]);
    stage.signed_in("clerk.there", &[("clerk", Some(&other))]);
    stage.signed_in("both", &[("clerk", Some(&mine)), ("clerk", Some(&other))]);
    stage.signed_in("admin.city", &[("administrator", None)]);
    stage.signed_in("no.role", &[]);
    let id = |name: &str| stage.app.accounts.account_named(name).expect("accounts").expect(name).id;

    let list = admin.page("/admin/accounts");
    assert!(list.contains("clerk.here"));
    for foreign in ["clerk.there", "both", "admin.city", "no.role"] {
        assert!(!list.contains(foreign), "{foreign}");
        let path = format!("/admin/accounts/{}", id(foreign));
        assert_eq!(admin.get(&path).status(), 404, "{foreign}");
        for deed in ["grants", "reset", "close", "open", "end-sessions", "unlock", "forget"] {
            let response = admin.post(&format!("{path}/{deed}"), &[("role", "clerk"), ("unit", &mine)]);
            assert!(
                [403, 404].contains(&response.status().as_u16()),
                "{foreign} {deed}: {}",
                response.status()
            );
        }
        let account = stage.app.accounts.account(id(foreign)).expect("accounts").expect(foreign);
        assert_eq!(account.state, accounts::State::Active);
    }
    let names = admin.json("/api/v1/accounts");
    assert!(!names.to_string().contains("clerk.there"));

    // No role outside, none in the whole city, none for oneself.
    for (unit, what) in
        [(other.as_str(), "another unit"), ("", "the whole city"), ("no-such-unit", "no unit")]
    {
        let fields = [("name", "new.one"), ("display", "新人"), ("role", "clerk"), ("unit", unit)];
        let refused = admin.post("/admin/accounts/invite", &fields);
        assert_eq!(refused.status(), 422, "{what}");
        let path = format!("/admin/accounts/{}/grants", id("clerk.here"));
        let refused = admin.post(&path, &[("role", "administrator"), ("unit", unit)]);
        assert_eq!(refused.status(), 422, "{what}");
    }
    let own = format!("/admin/accounts/{}", id("admin.here"));
    assert_eq!(admin.post(&format!("{own}/grants"), &[("role", "clerk"), ("unit", &mine)]).status(), 422);
    assert_eq!(admin.post(&format!("{own}/close"), &[]).status(), 422);

    let fields = [("name", "new.one"), ("display", "新人"), ("role", "clerk"), ("unit", mine.as_str())];
    let invited = admin.post("/admin/accounts/invite", &fields);
    assert_eq!(invited.status(), 200);
    assert!(invited.text().expect("text").contains("/invitation/"));
    let here = format!("/admin/accounts/{}", id("clerk.here"));
    assert_eq!(admin.post(&format!("{here}/close"), &[]).status(), 303);
    let closed = stage.app.accounts.account(id("clerk.here")).expect("accounts").expect("clerk.here");
    assert_eq!(closed.state, accounts::State::Disabled);
}

#[test]
fn the_audit_trail_tells_what_was_done_and_what_was_refused() {
    let stage = open();
    let auditor = stage.signed_in("auditor.wu", &[("auditor", None)]);
    let admin = stage.signed_in("admin.li", &[("administrator", None)]);
    let nobody = stage.signed_in("nobody.special", &[]);
    let fields = [("name", "new.one"), ("display", "新人"), ("role", "clerk"), ("unit", "")];
    assert_eq!(admin.post("/admin/accounts/invite", &fields).status(), 200);
    assert_eq!(nobody.post("/admin/accounts/invite", &fields).status(), 403);
    assert_eq!(nobody.get("/admin/audit").status(), 403);

    let trail = auditor.json("/api/v1/audit");
    let events = trail["events"].as_array().expect("events");
    let find = |action: &str, outcome: &str| {
        events.iter().find(|event| event["action"] == action && event["outcome"] == outcome)
    };
    let invited = find("account.invite", "done").expect("the invitation");
    let number = |name: &str| stage.app.accounts.account_named(name).expect("accounts").expect(name).id;
    assert_eq!(invited["account"], number("admin.li"));
    assert_eq!(invited["record"], number("new.one").to_string());
    assert_eq!(invited["detail"], "clerk@*");
    assert_eq!(invited["from"], "127.0.0.1");
    let refused = find("manage_accounts", "refused").expect("the refusal");
    assert_eq!(refused["account"], number("nobody.special"));
    assert_eq!(refused["route"], "/admin/accounts/invite");
    assert!(!trail.to_string().contains("new.one"), "people stand in the trail as numbers");

    let page = auditor.page("/admin/audit?outcome=refused&account=nobody.special");
    assert!(page.contains("account-") || page.contains("nobody.special"));
    let csv = auditor.page("/admin/audit/export?action=account.invite");
    assert_eq!(csv.lines().count(), 2, "{csv}");
    assert_eq!(auditor.post("/admin/audit/verify", &[]).status(), 200);
    assert_eq!(stage.app.accounts.verify_audit().expect("the trail").fault, None);
}
