//! The first page, the search, and what is shown when there is no answer.

use super::stage::Stage;

#[test]
fn the_overview_tells_where_the_city_stands() {
    let stage = Stage::open();
    let leader = stage.signed_in("leader", &[("leader", None)]);
    let page = leader.page("/");
    assert!(page.contains("目标") && page.contains("关键指标") && page.contains("近七日变化"), "{page}");
    let view = leader.json("/api/v1/overview");
    let targets = view["targets"].as_array().expect("targets");
    let counted: u64 =
        view["states"].as_array().expect("states").iter().filter_map(|one| one["targets"].as_u64()).sum();
    assert_eq!(counted, targets.len() as u64, "every target is in one state");
    assert!(!targets.is_empty());
    // What is shown is the figure itself: the same address gives the same value.
    let figure = &view["figures"][0];
    let again = leader.json(&format!("/api/v1{}", figure["address"].as_str().expect("an address")));
    assert_eq!(again["figure"]["value"], figure["value"]);
    let changed = view["changed"].as_array().expect("changes");
    assert!(changed.iter().any(|one| one["created"].as_u64().unwrap_or_default() > 0), "{changed:?}");
}

#[test]
fn who_has_no_role_is_told_so_and_sees_no_figure() {
    let stage = Stage::open();
    let nobody = stage.signed_in("newcomer", &[]);
    let page = nobody.page("/");
    assert!(page.contains("还没有授予您任何角色"), "{page}");
    assert!(!page.contains("class=\"figure\""), "{page}");
    assert_eq!(nobody.get("/api/v1/overview").status(), 403);
}

#[test]
fn everything_with_a_name_is_found_in_both_scripts() {
    let stage = Stage::open();
    let leader = stage.signed_in("leader", &[("leader", None)]);
    let labels = |words: &str| -> Vec<(String, String)> {
        let words: String = url(words);
        let hits = leader.json(&format!("/search/suggest?q={words}"));
        let text = |hit: &serde_json::Value, key: &str| hit[key].as_str().unwrap_or_default().to_owned();
        hits.as_array().expect("hits").iter().map(|hit| (text(hit, "label"), text(hit, "href"))).collect()
    };
    let found = labels("码头");
    assert!(found.contains(&("码头".to_owned(), "/registers/docks".to_owned())), "{found:?}");
    assert!(found.iter().any(|(_, href)| href.starts_with("/figures/docks.")), "{found:?}");
    assert!(found.iter().any(|(_, href)| href.starts_with("/records/")), "{found:?}");
    assert_eq!(labels("碼頭"), found, "traditional characters find the same");
    assert_eq!(labels("DOCKS.operating")[0].1, "/figures/docks.operating");
    assert!(labels("nothing is called like this").is_empty());
    assert!(labels(" ").is_empty());
    let page = leader.page(&format!("/search?q={}", url("<script>")));
    assert!(!page.contains("<script>") && page.contains("&lt;script&gt;"), "words are shown as words");
}

#[test]
fn the_page_for_a_lost_connection_names_nobody() {
    let stage = Stage::open();
    let leader = stage.signed_in("leader", &[("leader", None)]);
    let page = leader.page("/offline");
    assert!(page.contains("网络已断开"), "{page}");
    assert!(!page.contains("csrf") && !page.contains("leader"), "{page}");
    let worker = leader.page("/sw.js");
    assert!(worker.contains("/assets/app.css?v="), "{worker}");
}

fn url(words: &str) -> String {
    words.bytes().map(|byte| format!("%{byte:02X}")).collect()
}
