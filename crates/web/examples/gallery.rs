//! Every component in every state on one page, written to files to be looked at: `gallery DIRECTORY` writes
//! `en.html`, `zh-Hans.html`, `zh-Hant.html` there, and a sign-in page; serve them beside `/assets`.

use std::path::PathBuf;

use maud::{Markup, Render, html};
use message::Language;
use web::Theme;
use web::ui::{
    Badge, Button, Chart, Column, Confirm, Diff, Event, Facts, Field, FigureLink, FilterBar, Form, Frame,
    Icon, Node, Notice, Order, Page, Pager, Row, Section, Speak, Stat, Table, Tabs, Tone, Upload, code_block,
    date_in_words, empty, error_summary, inline_diff, keys, legend, no_right, progress, skeleton, sql_block,
    stats, timeline, tree, trouble, w,
};

fn main() -> std::io::Result<()> {
    let directory = PathBuf::from(std::env::args().nth(1).unwrap_or_else(|| ".".to_owned()));
    std::fs::create_dir_all(&directory)?;
    for l in [Language::Simplified, Language::Traditional, Language::English] {
        for theme in [Theme::Light, Theme::Dark] {
            let frame = frame(l, theme);
            let page = Page::new(Section::Registers, w("组件一览", "Gallery"))
                .lead(w("全部组件及其状态，供核对外观", "Every component in every state, to be looked at"))
                .crumb(w("码头", "Docks"), "#docks")
                .state(Badge::verified(l))
                .action(Button::primary(l, w("新增码头", "Add a dock")).icon(Icon::Plus).to("#new"))
                .action(Button::secondary(l, w("导出", "Export")).icon(Icon::Download).download("#export"));
            let path = directory.join(format!("{}-{}.html", l.tag(), theme.key()));
            std::fs::write(path, page.render(&frame, body(&frame)).into_string())?;
        }
    }
    let l = Language::Simplified;
    let frame = Frame { sections: Vec::new(), signed_in: None, ..frame(l, Theme::Auto) };
    let sign_in = Form::new("/sign-in").render(
        &frame,
        html! {
            (Field::text(l, "name", w("账号", "Account")).required().autocomplete("username"))
            (Field::password(l, "password", w("密码", "Password")).required())
            div.actions { (Button::primary(l, w("登录", "Sign in"))) }
        },
    );
    let page = Page::new(Section::None, w("登录", "Sign in")).bare().render(&frame, sign_in);
    std::fs::write(directory.join("sign-in.html"), page.into_string())
}

fn frame(l: Language, theme: Theme) -> Frame {
    Frame {
        language: l,
        theme,
        signed_in: Some("李文".to_owned()),
        csrf: "token".to_owned(),
        path: "/gallery".to_owned(),
        sections: Section::RAIL.to_vec(),
        waiting: Some(12),
        city: Some(w("江城", "Jiangcheng").text()),
        notice: Some(w("已提交核验", "Submitted for verification").text()),
        synthetic: Some(w("合成数据，仅供演示", "Made-up data, for demonstration").text()),
        read_only: None,
        snapshot: Some(
            w("快照 1,119,446 · 2026-11-23 17:00", "Snapshot 1,119,446 · 2026-11-23 17:00").text(),
        ),
    }
}

fn body(frame: &Frame) -> Markup {
    let l = frame.language;
    html! {
        (numbers(l))
        (states(l))
        (lists(l))
        (forms(frame))
        (differences(frame))
        (others(frame))
    }
}

fn numbers(l: Language) -> Markup {
    let docks = FigureLink::new(l, "15216", w("个", "docks"), "#f").date("2026-03-01").pending("12");
    let bar = r##"<svg viewBox="0 0 200 24" role="img" aria-label="62 %"><rect y="8" width="200" height="8" fill="none" stroke="currentColor" opacity="0.4"/><rect y="8" width="124" height="8" fill="currentColor"/><path d="M160 4v16" stroke="currentColor"/></svg>"##;
    html! {
        h2 { (l.t("数值是一扇门", "A number is a door")) }
        p { (l.t("截至", "On ")) (date_in_words(l, jiff::civil::date(2026, 3, 1))) (l.t("，共有", " there are ")) (docks) (l.t("。", ".")) }
        p { (FigureLink::missing(l, w("当日无监测", "no measurement on that day"), "#f")) }
        (stats(&[
            Stat::new(l, w("在营码头", "Docks in operation"), FigureLink::new(l, "216", w("个", "docks"), "#f"))
                .note(html! { (Badge::on_track(l)) " " (l.t("目标 200 个", "target 200 docks")) }).picture(bar),
            Stat::new(l, w("腾退岸线", "Shoreline returned"), FigureLink::new(l, "38.215", w("公里", "km"), "#f"))
                .note(html! { (Badge::at_risk(l)) " " (l.t("目标 47 公里", "target 47 km")) }).picture(bar),
            Stat::new(l, w("人均公园绿地面积", "Park area per person"), FigureLink::new(l, "14.92", w("㎡", "㎡"), "#f"))
                .note(html! { (Badge::missed(l)) " " (l.t("目标 15 ㎡", "target 15 ㎡")) }).picture(bar),
        ]))
        (Chart::new(l, w("码头数量", "Docks"), w("个，2016–2022 年末", "docks, at the end of 2016–2022"), bar)
            .table(l, small_table(l)).source(html! { (l.t("来源：台账 码头", "Source: register docks")) }))
    }
}

fn states(l: Language) -> Markup {
    html! {
        h2 { (l.t("状态", "States")) }
        p.actions {
            (Badge::verified(l)) (Badge::pending(l)) (Badge::returned(l)) (Badge::withdrawn(l)) (Badge::met(l))
            (Badge::on_track(l)) (Badge::at_risk(l)) (Badge::missed(l)) (Badge::state(l, w("在营", "Operating")))
            (Badge::new(l, Tone::Info, Icon::Info, w("草稿", "Draft")))
        }
        (Notice::info(l, w("本页数据每小时更新", "This page follows every hour")).body(html! { p { (l.t("上一次 17:00。", "Last at 17:00.")) } }))
        (Notice::good(l, w("已保存", "Saved")))
        (Notice::warn(l, w("三条记录缺少佐证", "Three records have no evidence")))
        (Notice::bad(l, w("没有保存", "Not saved")).body(html! { p { (l.t("磁盘已满。", "The disk is full.")) } }))
        (Notice::partial(l, w("本月 31 天中有 27 天的数据", "27 of the 31 days of this month")))
        (Notice::read_only(l, w("正在备份，17:30 恢复", "A backup is being made until 17:30")))
        (no_right(l, w("您的账号没有此项权限（verify）。", "Your account does not have the right `verify`."), w("请联系本单位管理员。", "Ask the administrator of your unit.")))
        (empty(l, w("还没有码头", "There are no docks yet"), w("逐条录入，或导入 Excel 文件。", "Enter them one by one, or import an Excel file."),
            Some(html! { (Button::primary(l, w("录入码头", "Enter a dock"))) (Button::secondary(l, w("导入文件", "Import a file"))) })))
        h3 { (l.t("载入中", "Loading")) }
        (skeleton(l, 3))
        (progress(l, w("正在校验", "Verifying"), 350_000, Some(1_119_446)))
        (progress(l, w("正在汇总", "Adding up"), 0, None))
        (trouble(l, w("没有保存任何内容。请重试。", "Nothing was saved. Try again."), "internal", "7f3a91", html! { (Button::secondary(l, w("重新打开此页", "Open this page again"))) }))
        (legend(l, &[("#00e400", w("优", "Excellent")), ("#ffff00", w("良", "Good")), ("#ff7e00", w("轻度污染", "Lightly polluted"))]))
    }
}

fn small_table(l: Language) -> Table {
    Table::new(
        l,
        w("码头", "Docks"),
        vec![
            Column::new(l, w("名称", "Name")).sort("?sort=-name", Some(Order::Ascending)),
            Column::number(l, w("泊位数", "Berths")).unit(l, w("个", "berths")).sort("?sort=berths", None),
            Column::new(l, w("建成日期", "Built")).least(),
            Column::new(l, w("状态", "State")),
        ],
    )
    .rows((1..=6).map(|number| {
        Row::new(vec![
            html! { "望江" (number) "号码头" },
            html! { (number * 7) },
            html! { "19" (60 + number) "-05-01" },
            if number % 2 == 0 {
                Badge::pending(l).render()
            } else {
                Badge::state(l, w("在营", "Operating")).render()
            },
        ])
        .to("#record")
        .select(number.to_string(), format!("望江{number}号码头"))
        .muted(number == 5)
    }))
}

fn lists(l: Language) -> Markup {
    let districts = vec![
        ("a".to_owned(), l.t("江岸区", "Jiang'an").to_owned()),
        ("b".to_owned(), l.t("武昌区", "Wuchang").to_owned()),
    ];
    html! {
        h2 #docks { (l.t("列表", "Lists")) }
        (Tabs::new(l, w("视图", "Views")).tab(l, w("列表", "List"), "#l", true).count(1234).tab(l, w("地图", "Map"), "#m", false).tab(l, w("历史", "History"), "#h", false))
        (FilterBar::new("#").field(Field::search(l, "q", w("关键字", "Words")).inline()).field(Field::select(l, "district", w("所在区", "District"), districts).inline())
            .more(Field::date(l, "since", w("建成不早于", "Built since")).inline())
            .active(l, w("状态：在营", "State: operating"), "#").reset("#").render(l))
        (small_table(l).cards().selectable(l, "record", None).total(Row::new(vec![html! { (l.t("合计", "Total")) }, html! { "147" }])))
        (Pager::new(1, 50, 1_119_446).previous(Some("#".to_owned())).next(Some("#".to_owned())).ends(None, Some("#".to_owned())).render(l))
        h3 { (l.t("宽表", "A wide table")) }
        (Table::new(l, w("宽表", "A wide table"), (0..16).map(|_| Column::new(l, w("一个很长的列名", "A rather long heading"))).collect())
            .wide().rows((0..30).map(|row| Row::new((0..16).map(|column| html! { (row) "·" (column) }).collect()).to("#"))))
        div.columns {
            div { h2 { (l.t("记录", "Record")) }
                (Facts::new().fact(l, w("名称", "Name"), "望江1号码头").fact(l, w("泊位数", "Berths"), "7").fact(l, w("备注", "Note"), "")) }
            div { h2 { (l.t("历史", "History")) }
                (timeline(l, w("历史", "History"), &[
                    Event::new("2026-03-01", "2026-03-01 08:12", html! { (l.t("核验", "Verified")) }).who("王芳").badge(Badge::verified(l)),
                    Event::new("2026-02-27", "2026-02-27 16:40", html! { (l.t("改为关停", "Closed")) }).who("李文").body(inline_diff("泊位7个，在营", "泊位9个，关停")),
                ])) }
            div { h2 { (l.t("机构", "Units")) }
                (tree(l, w("机构", "Units"), &[Node::new(html! { a href="#u" { "江城市" } }).note("2,573").open(true).children(vec![
                    Node::new(html! { a href="#u" { "水务局" } }).note("31").children(vec![Node::new(html! { a href="#u" { "第一支部" } })]),
                    Node::new(html! { a href="#u" { "园林局" } }).note("28"),
                ])])) }
        }
    }
}

fn forms(frame: &Frame) -> Markup {
    let l = frame.language;
    let pairs = |words: &[(&str, &'static str, &'static str)]| {
        words.iter().map(|(key, zh, en)| ((*key).to_owned(), l.t(zh, en).to_owned())).collect::<Vec<_>>()
    };
    html! {
        h2 #new { (l.t("表单", "Forms")) }
        (error_summary(l, &[("berths".to_owned(), l.t("泊位数：应为 1 至 200 的整数", "Berths: a whole number from 1 to 200").to_owned())]))
        (Form::new("#").key("k").files().render(frame, html! {
            (Field::text(l, "name", w("码头名称", "Name")).required().max_chars(60).example("望江1号码头").help(l, w("与产权证一致", "As in the title deed")))
            (Field::whole(l, "berths", w("泊位数", "Berths")).required().unit(l, w("个", "berths")).value("七").width(8)
                .error(Some(l.t("应为 1 至 200 的整数", "a whole number from 1 to 200"))))
            (Field::decimal(l, "length", w("岸线长度", "Shoreline")).unit(l, w("米", "m")))
            (Field::date(l, "built", w("建成日期", "Built")).value("1965-05-01"))
            (Field::choice(l, "bank", w("岸别", "Bank"), pairs(&[("left", "左岸", "Left bank"), ("right", "右岸", "Right bank")])).value("left").required())
            (Field::select(l, "purpose", w("用途", "Purpose"), pairs(&[("cargo", "货运", "Cargo"), ("ferry", "轮渡", "Ferry")])))
            (Field::checks(l, "flags", w("其他", "Other"), pairs(&[("a", "夜间照明", "Lit at night"), ("b", "岸电", "Shore power")])).values(vec!["b".to_owned()]))
            (Field::yes_no(l, "public", w("对公众开放", "Open to the public")))
            (Field::lines(l, "note", w("备注", "Note"), 3))
            (Field::tick(l, "sure", w("以上内容与佐证一致", "This agrees with the evidence")).required())
            (Field::text(l, "code", w("编号", "Number")).value("D-0001").disabled())
            (Upload::new(l, "evidence", w("佐证", "Evidence")).accept("image/*,.pdf").multiple().camera()
                .help(l, w("图片或 PDF，每个不超过 20 MB", "Pictures or PDF, up to 20 MB each")))
            div.actions {
                (Button::primary(l, w("提交核验", "Submit for verification")).key("Ctrl+S").busy(l, w("正在保存", "Saving")))
                (Button::secondary(l, w("保存草稿", "Save a draft")).unvalidated())
                (Button::danger(l, w("撤回记录", "Withdraw the record")))
                (Button::quiet(l, w("取消", "Cancel")).to("#"))
                (Button::secondary(l, w("核验", "Verify")).disabled(l, w("本人提交的不能本人核验", "Nobody verifies what they entered")))
                (keys(&["Ctrl", "S"]))
            }
        }))
    }
}

fn differences(frame: &Frame) -> Markup {
    let l = frame.language;
    let some = |text: &str| Some(text.to_owned());
    html! {
        h2 { (l.t("他人已先保存", "Somebody else was faster")) }
        (Form::new("#conflict").wide().render(frame, html! {
            div.full {
                (Diff::new(l, w("您填写的", "What you typed"), w("已保存的", "What was saved"))
                    .field(l, "name", w("名称", "Name"), some("望江1号码头"), some("望江1号码头"))
                    .field(l, "berths", w("泊位数", "Berths"), some("7"), some("9"))
                    .field(l, "built", w("建成日期", "Built"), None, some("1965-05-01"))
                    .choose("take."))
            }
            div.actions { (Button::primary(l, w("保存所选", "Save what was chosen"))) }
        }))
    }
}

fn others(frame: &Frame) -> Markup {
    let l = frame.language;
    html! {
        h2 { (l.t("确认", "Confirmation")) }
        (Confirm::new("#", Button::danger(l, w("撤回记录", "Withdraw the record")), "#")
            .consequence(l, w("记录不再计入任何数值", "No figure counts the record any more"))
            .consequence(l, w("历史保留，可恢复", "Its history stays, it can be restored"))
            .inside(Field::lines(l, "reason", w("理由", "Reason"), 2).required().render()).render(frame))
        h2 { (l.t("代码", "Code")) }
        (sql_block(l, w("定义", "Definition"), "-- 在营码头\nselect record as key, 1 as amount, district\nfrom docks where state = 'operating'"))
        (code_block(l, w("散列", "Hash"), "sha256:3c2f9a…"))
        h2 { (l.t("图标", "Icons")) }
        p.actions { @for icon in Icon::ALL { span title=(icon.id()) { (icon) } } }
    }
}
