//! Sentences about something else than the whole city in the period: a district, a half-year, a plan, one office's
//! share, another city. The book's figure for the whole city says nothing against them, so none may be contradicted.
//!
//! Whether such a sentence is linked rightly or left unsupported is not asked here; a false alarm is what costs the
//! trust of those who write. Where the book could know the narrower thing the sentence states what the book has, so
//! that whoever links it rightly finds it true.

use rust_decimal::Decimal;
use serde_json::Value;

use crate::bench::{Bench, Outcome};

/// Kinds of sentences, and sentences of each: nobody can call one of them untrue by the book. Their numbers differ from
/// the city's, as those of such sentences do. `{indicator periods dimension=value …}` stands for what the book has, the
/// sum over the periods.
const SENTENCES: &[(&str, &[&str])] = &[
    (
        "a plan or an aim",
        &[
            "力争到2025年码头数量减少到150个。",
            "计划新增江堤，目标是各类公园400个。",
            "2023年，力争空气质量优良天数300天以上。",
            "计划到2022年底，完成100家沿江化工企业关改搬转。",
            "计划到2022年底，建成各类公园500个。",
            "到“十四五”末，绿道总里程将达2000公里。",
            "下一步，将选派500名科技特派员。",
            "2022年的目标任务是空气质量优良天数310天。",
            "确保全年空气质量优良天数不少于310天。",
            "拟新增滨江碧道30公里。",
            "预计全年登记技术合同20000项。",
            "要求建成各类公园450个。",
            "按照规划，码头数量控制在150个以内。",
        ],
    ),
    (
        "a part of the year, or several years",
        &[
            "上半年，全市空气质量优良天数{air.good_days 2022-Q1+2022-Q2}天。",
            "下半年，全市空气质量优良天数{air.good_days 2022-Q3+2022-Q4}天。",
            "1—6月，全市空气质量优良天数{air.good_days 2022-Q1+2022-Q2}天。",
            "1-9月，登记技术合同{contracts.count 2022-Q1+2022-Q2+2022-Q3}项。",
            "截至6月底，全市空气质量优良天数{air.good_days 2022-Q1+2022-Q2}天。",
            "6月，全市空气质量优良天数{air.good_days 2022-06}天。",
            "第一季度，空气质量优良天数{air.good_days 2022-Q1}天。",
            "前三季度，空气质量优良天数{air.good_days 2022-Q1+2022-Q2+2022-Q3}天。",
            "一季度，登记技术合同{contracts.count 2022-Q1}项。",
            "近五年，全市空气质量优良天数累计1400天。",
            "五年来，登记技术合同80000项。",
            "“十三五”期间，新增滨江碧道60公里。",
            "2018年以来，登记技术合同60000项。",
            "2017年至2022年，登记技术合同70000项。",
            "第二阶段，完成20家沿江化工企业关改搬转。",
            "2017年完成{chemicals.completed_in_period 2017}家沿江化工企业关改搬转。",
            "首批完成15家沿江化工企业关改搬转。",
            "当月，空气质量优良天数25天。",
            "国庆期间，空气质量优良天数7天。",
            "每年空气质量优良天数300天。",
            "平均每年登记技术合同12000项。",
            "三年来，登记技术合同40000项。",
            "2019—2021年，登记技术合同30000项。",
        ],
    ),
    (
        "another place",
        &[
            "湖北省空气质量优良天数310天。",
            "武汉市空气质量优良天数298天。",
            "全国空气质量优良天数316天。",
            "北京市空气质量优良天数286天。",
            "湖北省建成各类公园3000个。",
            "武汉市登记技术合同30000项。",
            "长江中游城市群登记技术合同90000项。",
            "与武汉市相比，空气质量优良天数多4天。",
            "全省高新技术企业总数突破20000家。",
            "上海码头数量500个。",
            "青山区各类公园40个。",
            "汉阳区绿道总里程60公里。",
            "青山区建成各类公园40个，绿道总里程90公里。",
        ],
    ),
    (
        "a part of the city",
        &[
            "望江区空气质量优良天数300天。",
            "东林区空气质量优良天数301天。",
            "东林区建成各类公园{parks.count 2022 district=东林区}个。",
            "东林区绿道总里程{greenways.length 2022 district=东林区}公里。",
            "主城区建成各类公园200个。",
            "开发区高新技术企业总数1200家。",
            "某街道建成各类公园2个。",
            "该区现有码头数量12个。",
            "辖区内码头数量12个。",
            "各区平均建成各类公园29个。",
            "江北片区空气质量优良天数305天。",
            "经开区高新技术企业总数1500家。",
            "市本级党支部900个。",
            "东林区长江沿线码头缩减为{docks.operating 2022 district=东林区 river=yangtze}个。",
        ],
    ),
    (
        "an office, an enterprise, one event",
        &[
            "市水务局组织20名志愿者清理江滩。",
            "活动当天，100名志愿者走上街头。",
            "该企业选派3名科技特派员。",
            "某企业登记技术合同12项。",
            "某高校登记技术合同20项，合同成交额3亿元。",
            "我局建成公园3个。",
            "我局选派12名科技特派员。",
            "我委动员5家市直单位参与。",
            "该局党支部26个。",
            "市水务局党支部26个。",
            "某公司完成造林50亩。",
            "每名志愿者服务5小时，500名志愿者获得表彰。",
            "活动现场，200余名志愿者参与。",
            "现场签约项目12个。",
            "平均每个公园有3名志愿者。",
        ],
    ),
    (
        "a part of what is counted",
        &[
            "党支部2573个，其中先进党支部86个。",
            "码头由583个缩减为188个，其中长江{docks.operating 2022 river=yangtze}个、汉江{docks.operating 2022 river=han}个。",
            "各类公园380个，其中口袋公园120个。",
            "320名科技特派员中，博士90名。",
            "今年新增高新技术企业2000家。",
            "面积20万平方米的江滩公园建成开放。",
            "新增面积5公顷的公园3个。",
            "新评选先进党支部86个。",
            "5个公园获评市级优秀公园。",
            "表彰优秀志愿者50名。",
            "市级以上专精特新“小巨人”20家入选榜单。",
        ],
    ),
    (
        "what is not done, denied, or past",
        &[
            "尚有5家沿江化工企业关改搬转未完成。",
            "还有3家沿江化工企业尚未完成关改搬转。",
            "沿江堆沙场未全部取缔。",
            "12个沿江堆沙场未取缔。",
            "过去，空气质量优良天数不到200天。",
            "2012年，空气质量优良天数只有160天。",
            "曾有1020个码头。",
            "并非建成各类公园500个。",
        ],
    ),
    (
        "what was named a sentence before",
        &[
            "东林区大力推进绿化。建成各类公园{parks.count 2022 district=东林区}个，绿道总里程{greenways.length 2022 district=东林区}公里。",
            "武汉市加快绿色发展。2022年，空气质量优良天数298天，登记技术合同30000项。",
            "今年上半年工作情况如下。空气质量优良天数{air.good_days 2022-Q1+2022-Q2}天。",
            "2023年工作打算：选派科技特派员400名，建成各类公园400个。",
            "三、下一步计划\n选派科技特派员400名。\n建成各类公园400个。",
            "某区经验做法：建成各类公园5个。",
        ],
    ),
    (
        "right, said in a list or as a change",
        &[
            "PM10、NO2平均浓度分别为57、36微克/立方米。",
            "空气质量优良天数294天（其中优86天、良208天），优良率80.5%。",
            "空气质量优良天数比2021年多4天。",
            "2022年空气质量优良天数较2020年减少15天。",
            "优良天数294天，同比增加4天，优良率80.5%，同比上升1.1个百分点。",
            "举办8期全市厅局级领导干部培训班，每期50人。",
            "码头减少395个，压减67.8%。",
            "高新技术企业净增1553家，总数突破10000家。",
        ],
    ),
];

impl Bench {
    /// Checks each sentence as a text of its own.
    pub fn alarms(&mut self) -> Outcome<()> {
        let texts = sentences()
            .map(|(_, sentence)| Ok(format!("{}\n", self.filled(sentence)?)))
            .collect::<Outcome<Vec<String>>>()?;
        let checked = self.check(&texts)?;
        println!(
            "\n## Alarms\n\n| sentences about | sentences | claims | supported | unsupported | false alarms |"
        );
        println!("|---|---|---|---|---|---|");
        let mut told = Vec::new();
        for (kind, of_kind) in SENTENCES {
            let mut row = [of_kind.len(), 0, 0, 0, 0];
            let own = sentences().map(|(one, _)| one).zip(texts.iter().zip(&checked));
            for (_, (sentence, checked)) in own.filter(|(one, _)| one == kind) {
                row[1] += checked.claims.len();
                let count =
                    |verdict: &str| checked.claims.iter().filter(|one| one.verdict == verdict).count();
                row[2] += count("supported");
                row[3] += count("unsupported");
                let wrong = checked.claims.iter().filter(|one| one.verdict == "contradicted");
                let wrong = wrong.map(|one| format!("{} → {} ({})", one.stated, one.indicator, one.reason));
                let alarms = checked.alarms.iter().map(|alarm| alarm.1.clone());
                let wrong: Vec<String> = wrong.chain(alarms).chain(checked.failure.clone()).collect();
                row[4] += usize::from(!wrong.is_empty());
                if !wrong.is_empty() {
                    told.push(format!(
                        "{kind}: {} {}",
                        sentence.trim_end().replace('\n', " "),
                        wrong.join("; ")
                    ));
                }
            }
            println!("| {kind} | {} |", row.map(|count| count.to_string()).join(" | "));
        }
        told.iter().for_each(|one| println!("  ✗ {one}"));
        self.unmet.extend(told);
        Ok(())
    }

    /// A sentence with what the book has in its gaps.
    fn filled(&self, sentence: &str) -> Outcome<String> {
        let mut filled = String::new();
        let mut rest = sentence;
        while let Some((before, (gap, after))) =
            rest.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
        {
            filled += before;
            filled += &self.known(gap)?;
            rest = after;
        }
        Ok(filled + rest)
    }

    /// `parks.count 2022 district=东林区` → 48.
    fn known(&self, gap: &str) -> Outcome<String> {
        let mut words = gap.split(' ');
        let (Some(indicator), Some(periods)) = (words.next(), words.next()) else {
            return Err(format!("`{gap}` names no figure").into());
        };
        let scope: Vec<&str> = words.flat_map(|word| ["--of", word]).collect();
        let mut sum = Decimal::ZERO;
        for period in periods.split('+') {
            let arguments =
                [&["figures", indicator, "--period", period, "--format", "json"], &scope[..]].concat();
            let arguments: Vec<String> = arguments.into_iter().map(str::to_owned).collect();
            let all: Value = serde_json::from_str(&self.ok(&arguments)?)?;
            let value: Option<Decimal> =
                all["figures"][0]["value"].as_str().and_then(|value| value.parse().ok());
            sum += value.ok_or_else(|| format!("`{gap}` has no value"))?;
        }
        Ok(sum.to_string())
    }
}

/// Every sentence with its kind.
fn sentences() -> impl Iterator<Item = (&'static str, &'static str)> {
    SENTENCES.iter().flat_map(|(kind, sentences)| sentences.iter().map(|sentence| (*kind, *sentence)))
}
