//! The units and measure words of texts: which there are, and where the one behind a number ends.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::line::Line;

/// A unit behind a number.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// The place after its last character.
    pub end: usize,
    /// As it is written, simplified.
    pub name: String,
    pub sort: Sort,
}

/// What a unit is, as far as the grammar asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    /// A measure word, by which things are counted.
    Counter,
    /// 公里, 吨, 元: what is measured. Chinese numerals go with these too.
    Measure,
    /// 年, 天, 小时: a length of time, or part of a date or name.
    Time,
    /// %, 百分点, 倍, 成.
    Ratio,
    /// 级: a class, and only between 市, 区 and 县 a count.
    Level,
}

/// The unit that begins at a place.
pub(super) fn unit(line: &Line, at: usize, chinese: bool) -> Option<Found> {
    let (mut end, sort) = word(line, at, chinese)?;
    // 台次, 批次, 辆次: whatever is counted may be counted by its times.
    let times = sort == Sort::Counter && line.at(end) == '次' && line.before(end) != '次';
    if times && !"产供日要子级性生元".contains(line.at(end + 1)) {
        end += 1;
    }
    if sort == Sort::Measure || sort == Sort::Counter {
        end = denominator(line, end).unwrap_or(end);
    }
    Some(Found { end, name: line.slice(at, end).iter().collect(), sort })
}

/// `/日`, `/百亿元`, `每立方米`.
fn denominator(line: &Line, at: usize) -> Option<usize> {
    let divided = match line.at(at) {
        '/' => true,
        '每' => false,
        _ => return None,
    };
    let mut start = at + 1;
    while divided && matches!(line.at(start), '百' | '千' | '万' | '亿') && line.at(start + 1) != '瓦' {
        start += 1;
    }
    let (end, sort) = word(line, start, false)?;
    // 增加5公里每年 says how much a year; 建成3座每座… does not: only measures stand in short behind 每.
    (divided || matches!(sort, Sort::Measure | Sort::Time)).then_some(end)
}

/// The longest word of the tables that stands at a place.
fn word(line: &Line, at: usize, chinese: bool) -> Option<(usize, Sort)> {
    static BY_FIRST: LazyLock<HashMap<char, Vec<Word>>> = LazyLock::new(table);
    let candidates = BY_FIRST.get(&line.at(at))?;
    let word = candidates.iter().find(|word| line.starts(at, word.name) && word.fits(line, at, chinese))?;
    Some((at + word.length, word.sort))
}

struct Word {
    name: &'static str,
    length: usize,
    sort: Sort,
    chinese: bool,
    /// The characters before which it is another word.
    not_before: &'static str,
}

impl Word {
    fn fits(&self, line: &Line, at: usize, chinese: bool) -> bool {
        let next = line.at(at + self.length);
        let latin = self.name.ends_with(|last: char| last.is_ascii_alphanumeric());
        let runs_on = latin && next.is_ascii_alphanumeric();
        let other = self.not_before.contains(next);
        (self.chinese || !chinese) && !runs_on && !other
    }
}

fn table() -> HashMap<char, Vec<Word>> {
    let groups = [
        (COUNTERS, Sort::Counter, true),
        (ARABIC_COUNTERS, Sort::Counter, false),
        (MEASURES, Sort::Measure, true),
        (TIMES, Sort::Time, true),
        (RATIOS, Sort::Ratio, true),
        ("级", Sort::Level, true),
    ];
    let mut by_first: HashMap<char, Vec<Word>> = HashMap::new();
    for (names, sort, chinese) in groups {
        for name in names.split_whitespace() {
            if let Some(first) = name.chars().next() {
                let other = NOT_BEFORE.iter().find(|(word, _)| *word == name);
                let not_before = other.map_or("", |(_, follows)| *follows);
                let word = Word { name, length: name.chars().count(), sort, chinese, not_before };
                by_first.entry(first).or_default().push(word);
            }
        }
    }
    by_first.values_mut().for_each(|words| words.sort_by_key(|word| std::cmp::Reverse(word.length)));
    by_first
}

/// Words that count things, after Arabic and Chinese numerals.
const COUNTERS: &str = "个 家 处 座 项 条 件 名 位 人 人次 次 场 场次 种 类 批 套 份 支 所 张 块 栋 幢 艘 辆 台 户 层 篇 株 棵 道 起 只 间 \
    本 册 笔 例 宗 票 条段 人口 人份 支队伍 门 章 枚 颗 具 副 幅 卷 把 架 列 片 段 眼 盏 尾 羽 头 匹 桶 箱 袋 剂 针 剂次 \
    架次 班次 车次 船次 航次 列次 户次 家次 件次 例次 项次 席 轮 课时 学时";

/// Words that count things after Arabic numerals only: after Chinese ones they are names more often than not (三期,
/// 五代, 两岸三地).
const ARABIC_COUNTERS: &str = "度 期 班 队 组 站 部 口 届 步 课 堂 对 节 单 封 面 根 桩 床 岗 字 页 村 县 乡 镇 市 区 社区 街道 城 国 省 \
    标箱 标准箱 集装箱 TEU 管 路 基 柱 尊 桌 栏 茬 股 格 缸 杆 排 串 通 师 航班 床位 分 折 点位 车 船 柜 罐 瓶 盒 包 束 盆 亩次 名次 场馆 校 馆 园 店 厂";

/// What is measured.
const MEASURES: &str = "公里 千米 米 厘米 毫米 微米 海里 里 km m cm mm μm 平方米 平方公里 平方千米 平方 公顷 亩 公亩 坪 ㎡ km² km2 m² m2 hm² hm2 ha \
    立方米 立方 方 m³ m3 升 毫升 L mL 吨 公吨 公斤 千克 斤 克 毫克 微克 t kg g mg μg 吨公里 人公里 吨海里 吨标准煤 吨标煤 吨二氧化碳当量 吨二氧化碳 \
    元 美元 欧元 日元 港元 港币 英镑 元人民币 千瓦时 兆瓦时 度电 kWh MWh GWh 千瓦 兆瓦 吉瓦 瓦 kW MW GW 蒸吨 马力 大卡 千焦 \
    ℃ °C 摄氏度 分贝 dB dB(A) 当量 总吨 载重吨 字节 比特 TB GB PB 亿次 \
    μg/m³ μg/m3 ug/m3 mg/m³ mg/m3 mg/L μg/L 微克/立方米 毫克/立方米 毫克/升 个/升 NTU FLOPS PFLOPS EFLOPS P EF MPa kPa 兆帕 nm Hz 千兆 兆";

/// Lengths of time.
const TIMES: &str = "年 个月 天 日 周 个小时 小时 分钟 秒 秒钟 个工作日 工作日 个季度 岁 周岁 个年头 h min s";

/// Shares, points and multiples.
const RATIOS: &str = "% ‰ 个百分点 百分点 个千分点 千分点 个基点 基点 倍 成";

/// Unit words that are something else before these characters.
const NOT_BEFORE: &[(&str, &str)] = &[
    ("次", "产供日要子级性生元"),
    ("位", "于列居置数一"),
    ("路", "由线径灯面桥网"),
    ("基", "本础地准金于因数"),
    ("管", "理道线网廊控护"),
    ("排", "放名水污查"),
    ("通", "过行车用报水电"),
    ("师", "生资傅"),
    ("格", "局"),
    ("股", "份权"),
    ("柱", "形"),
    ("P", "M"),
    ("口", "径岸号"),
    ("部", "门分委署队"),
    ("国", "道内外家有际"),
    ("省", "道内外级"),
    ("市", "场民政直级"),
    ("区", "域间县"),
    ("县", "区级道"),
    ("城", "市区镇乡"),
    ("成", "立员都分果功绩效长为本品型熟交就套片群人"),
    ("面", "向积对"),
    ("分", "别之类级公局区"),
    ("起", "来点步草"),
    ("车", "间道"),
    ("园", "区林"),
    ("校", "园企"),
    ("店", "铺"),
    ("对", "一口外"),
    ("单", "位"),
    ("字", "样"),
    ("方", "面案式向位便"),
    ("里", "程面"),
    ("米", "粉"),
    ("克", "服拉"),
    ("度", "假"),
    ("元", "旦月素"),
    ("周", "年边岁"),
    ("天", "然津空气下山河"),
    ("类", "别似"),
    ("件", "套"),
    ("节", "能约水点目日"),
    ("只", "有是要"),
    ("所", "有在"),
    ("门", "店户槛"),
    ("道", "路"),
    ("本", "地市省级年月报科土"),
    ("台", "州湾阶"),
    ("列", "入为"),
    ("条", "例"),
    ("批", "准复"),
    ("章", "程"),
    ("段", "落"),
    ("步", "走"),
    ("代", "表"),
    ("站", "点"),
    ("把", "握"),
    ("具", "有体备"),
    ("期", "间末"),
    ("轮", "船"),
    ("层", "级"),
    ("场", "所"),
    ("班", "子"),
    ("队", "伍"),
    ("组", "织团"),
    ("村", "民级"),
    ("乡", "村"),
    ("镇", "街"),
    ("船", "舶"),
    ("户", "籍外"),
    ("家", "庭"),
    ("人", "大民才均工造文"),
    ("秒", "杀"),
    ("支", "部持"),
    ("份", "额"),
    ("张", "家"),
    ("页", "岩"),
    ("岗", "位"),
    ("包", "括含"),
    ("课", "题"),
    ("床", "位"),
];
