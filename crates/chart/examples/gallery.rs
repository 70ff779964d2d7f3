//! One chart of each make in an HTML file, to be looked at: `cargo run -p chart --example gallery -- out.html chart.css`.

use chart::{
    Bar, Bars, Calendar, Day, Ink, Lines, Mark, Multiples, Panel, Plot, Progress, Series, Share, ShareRow,
    Shares, Span, Timeline, Value, decoration, pictures, progress, sparkline,
};
use jiff::civil::date;
use message::Language;
use rust_decimal::Decimal;

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (out, css) = (arguments.next().unwrap_or_default(), arguments.next().unwrap_or_default());
    let plots: Vec<(&str, Box<dyn Plot>)> = vec![
        ("码头数量", Box::new(lines())),
        ("空气质量优良天数", Box::new(air())),
        ("各城区码头数量", Box::new(bars(12))),
        ("历年培训期数", Box::new(columns())),
        ("水质类别占比", Box::new(shares())),
        ("主要指标", Box::new(multiples())),
        ("重点目标", Box::new(plan())),
        ("每日空气质量", Box::new(calendar())),
    ];
    let mut page = format!(
        "<!doctype html><html lang=zh-CN><meta charset=utf-8><meta name=viewport content='width=device-width'><link rel=stylesheet href='{css}'>\
         <style>body{{font:14px sans-serif;margin:16px;background:Canvas;color:CanvasText;color-scheme:light dark}}</style>"
    );
    for (index, (title, plot)) in plots.iter().enumerate() {
        let svg = pictures(&**plot, &format!("c{index}"), title, "单位：个，2016年至2022年");
        page.push_str(&format!("<figure class=chart><figcaption><b>{title}</b></figcaption>{svg}</figure>"));
    }
    let values: Vec<Option<Decimal>> =
        (0..12).map(|at| (at != 4).then(|| Decimal::from(at * at % 17))).collect();
    page.push_str(&decoration(&sparkline(&values), "chart-spark"));
    for (done, ink) in [(30, Ink::Watch), (80, Ink::Good), (10, Ink::Bad)] {
        let bar = Progress { done: Some(Decimal::new(done, 2)), expected: Some(Decimal::new(5, 1)), ink };
        page.push_str("<p>");
        page.push_str(&decoration(&progress(&bar), "chart-progress"));
    }
    std::fs::write(out, page)
}

fn value(value: Option<i64>) -> Value {
    Value {
        value: value.map(Into::into),
        shown: value.map_or("—".to_owned(), |value| value.to_string()),
        address: Some("#".to_owned()),
    }
}

fn lines() -> Lines {
    let values = [583, 520, 0, 400, 310, 230, 188];
    Lines {
        axis: (2016..=2022).map(|year| year.to_string()).collect(),
        axis_name: "年份".to_owned(),
        series: vec![Series {
            label: "码头数量（个）".to_owned(),
            values: values.iter().map(|&number| value((number > 0).then_some(number))).collect(),
            ink: Ink::Accent,
        }],
        target: Some(Mark { label: "目标 188".to_owned(), value: 188.into() }),
        from_zero: true,
        language: Language::Simplified,
    }
}

fn air() -> Lines {
    let series = |label: &str, values: [i64; 5], ink| Series {
        label: label.to_owned(),
        values: values.iter().map(|&number| value(Some(number))).collect(),
        ink,
    };
    Lines {
        axis: (2018..=2022).map(|year| year.to_string()).collect(),
        axis_name: "年份".to_owned(),
        series: vec![
            series("2012版", [270, 280, 309, 290, 294], Ink::Series(0)),
            series("2026过渡", [262, 271, 300, 282, 287], Ink::Series(1)),
            series("2026版", [240, 251, 280, 262, 270], Ink::Series(2)),
        ],
        target: None,
        from_zero: false,
        language: Language::Simplified,
    }
}

fn bars(count: usize) -> Bars {
    let names = ["江岸", "汉阳", "武汉经济技术开发区", "东湖新技术开发区", "洪山", "青山"];
    let bar = |index: usize| {
        let number = 120 - i64::try_from(index).unwrap_or(0) * 9;
        Bar {
            label: names[index % names.len()].to_owned(),
            value: Some(number.into()),
            shown: number.to_string(),
            target: index.is_multiple_of(3).then(|| (number + 15).into()),
            ..Bar::default()
        }
    };
    Bars {
        bars: (0..count).map(bar).collect(),
        kind: "城区".to_owned(),
        measure: "码头数量（个）".to_owned(),
    }
}

fn columns() -> Bars {
    let mut bars = bars(6);
    for (index, bar) in bars.bars.iter_mut().enumerate() {
        bar.label = (2017 + index).to_string();
    }
    bars
}

fn shares() -> Shares {
    let share =
        |number: i64| Share { value: Some(number.into()), shown: format!("{number}%"), address: None };
    Shares {
        kind: "年份".to_owned(),
        parts: ["Ⅰ—Ⅱ类", "Ⅲ类", "Ⅳ类", "Ⅴ类", "劣Ⅴ类"].map(str::to_owned).into(),
        inks: Vec::new(),
        rows: vec![
            ShareRow { label: "2021".to_owned(), parts: [40, 34, 20, 5, 1].map(share).into() },
            ShareRow { label: "2022".to_owned(), parts: [52, 34, 12, 2, 0].map(share).into() },
        ],
        of_whole: true,
    }
}

fn multiples() -> Multiples {
    let panel = |index: i64| Panel {
        label: ["码头数量（个）", "腾退岸线（公里）", "公园数量（个）", "优良天数（天）", "培训期数（期）"]
            [usize::try_from(index).unwrap_or(0) % 5]
            .to_owned(),
        values: (0..7).map(|year| value(Some((year * 7 + index * 11) % 40))).collect(),
        target: (index % 2 == 0).then(|| 30.into()),
    };
    Multiples {
        axis: (2016..=2022).map(|year| year.to_string()).collect(),
        kind: "指标".to_owned(),
        panels: (0..7).map(panel).collect(),
        common: false,
    }
}

fn plan() -> Timeline {
    let span = |label: &str, group: &str, year: i16, done: i64, state: &str, ink| Span {
        label: label.to_owned(),
        group: group.to_owned(),
        from: date(year, 1, 1),
        due: date(2022, 12, 31),
        done: Some(Decimal::new(done, 2)),
        state: state.to_owned(),
        ink,
        address: Some("#".to_owned()),
    };
    Timeline {
        spans: vec![
            span("全面完成沿江化工企业关改搬转", "沿江化工企业关改搬转", 2017, 100, "已完成", Ink::Good),
            span("腾退岸线47公里", "岸线腾退复绿", 2017, 80, "进展正常", Ink::Accent),
            span("码头数量压减至188个", "岸线腾退复绿", 2016, 55, "有风险", Ink::Watch),
            span("举办领导干部培训班8期", "学习教育", 2022, 20, "未完成", Ink::Bad),
        ],
        today: Some((date(2022, 7, 2), "今天 2022-07-02".to_owned())),
        heads: ["目标", "起", "止", "状态"].map(str::to_owned),
    }
}

fn calendar() -> Calendar {
    let days = (0..330).map(|index| Day {
        day: date(2022, 1, 1).saturating_add(jiff::Span::new().days(index)),
        ink: Ink::Level(u8::try_from(1 + index % 11 / 3).unwrap_or(1)),
        shown: "优".to_owned(),
        address: None,
    });
    Calendar {
        year: 2022,
        months: std::array::from_fn(|index| format!("{}月", index + 1)),
        days: days.filter(|day| day.day.day() != 13).collect(),
        heads: ["日期", "等级"].map(str::to_owned),
    }
}
