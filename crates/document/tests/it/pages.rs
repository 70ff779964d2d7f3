//! What is read of HTML and Markdown.

use insta::assert_snapshot;
use proptest::prelude::*;

use crate::writer::read;

fn html(text: &str) -> String {
    read("a.html", text.as_bytes())
}

fn markdown(text: &str) -> String {
    read("a.md", text.as_bytes())
}

#[test]
fn blocks_are_lines() {
    let page = "<!DOCTYPE html><html><head><title>不见</title><style>p{}</style><script>var a = '<p>不见</p>';</script></head>\n<body><h1>标题</h1>\n<p>码头由\n原来的<b>5</b>80余&nbsp;个,\n  down to&#49;88<br>个<p>未闭<div><div>深</div></div><ul><li>一<li>二</ul><svg><text>不见</text></svg>末<pre>a  b\n c</pre></body>";
    assert_snapshot!(html(page), @"
    标题
    码头由原来的580余\u{a0}个, down to188 个
    未闭
    深
    一
    二
    末
    a  b
     c
    ");
    assert_snapshot!(html("<p>a<noscript>不见</noscript><template><p>不见</template>b<ruby>汉<rt>hàn</rt></ruby>"), @"ab汉");
    assert_snapshot!(html("<p>5 < 6 & 7 > 3</b></i></p></p>"), @"5 < 6 & 7 > 3");
    assert_snapshot!(html("<table><tr><td>甲<svg><td>不见"), @"甲
  row [甲]");
    assert_snapshot!(html("<img src=a><p> </p>"), @"error: no text; images are not read");
}

#[test]
fn tables_of_pages() {
    let page = "<table><caption>题</caption><thead><tr><th rowspan=2>甲<th colspan=2>乙</thead><tbody><tr><td rowspan=2>一<td>二<td>三<tr><td><p>四</p><p>五</p></td></tr></table>后";
    assert_snapshot!(html(page), @r"
    题
    甲⇥乙
    一⇥二⇥三
    ⇥四 五
    后
      row [甲][乙]×2
      row [一][二][三]
      row [][四 五]
    ");
    let layout = "<table><tr><td>左<td><table><tr><td>1<td>2</table>右</table>";
    assert_snapshot!(html(layout), @r"
    左
    1⇥2
    右
      row [1][2]
    ");
    assert_snapshot!(html("<tr><td>没有表<td>格</tr><table>文<tr>里<td>1</table>"), @r"
    没有表
    格
    文
    里⇥1
      row [里][1]
    ");
}

#[test]
fn figures_of_our_own_pages() {
    const ID: &str = "docks.operating/2022/bank=left/1003245.9f3c21ab";
    let page = format!(
        "<p>码头<a class=\"figure\" href=\"#trace-{ID}\" title=\"x\">188个</a>，<a href=\"/x\">无</a>"
    );
    assert_snapshot!(html(&page), @r#"
    码头188个，无
      docks.operating/2022/bank=left/1003245.9f3c21ab = "188个"
    "#);
    assert_snapshot!(markdown(&format!("码头[188个](<#trace-{ID}>)，[无](x)")), @r#"
    码头188个，无
      docks.operating/2022/bank=left/1003245.9f3c21ab = "188个"
    "#);
}

#[test]
fn markdown_without_its_marks() {
    let text = "+++\ntitle = \"不见\"\n+++\n# 标题\n\n码头**5**80余个\n减为`188`个，5~6万、7~8万[^1]。  \n换行\n\n- 一\n- 二\n  1. 三\n\n> 引\n\n| 甲 | 乙 |\n|---|---:|\n| 1 | 2<br>3 |\n| 4 |\n\n![图](a.png)\n\n```\n码\n  行\n```\n\n<table><tr><td>H<td>T</table>\n\n[^1]: 脚注\n";
    assert_snapshot!(markdown(text), @r"
    标题
    码头580余个减为188个，5~6万、7~8万。 换行
    一
    二
    三
    引
    甲⇥乙
    1⇥2 3
    4⇥
    图
    码
      行
    H⇥T
    脚注
      row [甲][乙]
      row [1][2 3]
      row [4][]
      row [H][T]
    ");
}

proptest! {
    #[test]
    fn any_page_is_read(text in "(<(/)?(table|tr|td rowspan=3|td colspan=0|th|p|pre|div|svg|script|br|a href=#trace-x)>|甲|1| |\n|\\||-|&amp;|\\*|#|>){0,40}") {
        for name in ["a.html", "a.md", "a.txt"] {
            let _ = read(name, text.as_bytes());
        }
    }
}
