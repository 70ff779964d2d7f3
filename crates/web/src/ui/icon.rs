//! Icons: one sprite file, drawn on a grid of 16 with a line of 1.5 in the colour of the words beside them.
//!
//! An icon never stands alone for a meaning: words stand beside it, or the control has an accessible name. So
//! every icon is hidden from screen readers.

use maud::{Markup, Render, html};

use super::asset;

macro_rules! icons {
    ($($(#[doc = $doc:literal])* $name:ident = $id:literal,)*) => {
        /// An icon of the sprite `assets/icons.svg`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Icon { $($(#[doc = $doc])* $name,)* }

        impl Icon {
            /// All icons, for the gallery and for the test that the sprite has them.
            pub const ALL: &'static [Icon] = &[$(Icon::$name,)*];

            /// The name of the symbol in the sprite.
            pub fn id(self) -> &'static str {
                match self { $(Icon::$name => $id,)* }
            }
        }
    };
}

icons! {
    /// 清源's own mark: a spring under the water line.
    Mark = "mark",
    /// Overview.
    Overview = "overview",
    /// 待办.
    Inbox = "inbox",
    /// 台账.
    Registers = "registers",
    /// 指标.
    Figures = "figures",
    /// 计划.
    Plan = "plan",
    /// 地图.
    Map = "map",
    /// 监测.
    Monitoring = "monitoring",
    /// 汇报.
    Reports = "reports",
    /// 核验.
    Check = "check",
    /// 管理.
    Admin = "admin",
    /// Search.
    Search = "search",
    /// Menu.
    Menu = "menu",
    /// Language.
    Globe = "globe",
    /// A person's own account.
    User = "user",
    /// Add.
    Plus = "plus",
    /// Change.
    Edit = "edit",
    /// Done, verified, on track.
    Tick = "tick",
    /// Refused, missed, close, remove.
    Cross = "cross",
    /// At risk, look here.
    Warning = "warning",
    /// Something failed.
    Fault = "fault",
    /// For information.
    Info = "info",
    /// Waiting, pending.
    Clock = "clock",
    /// Returned.
    Return = "return",
    /// No right, read only.
    Lock = "lock",
    /// Export, download.
    Download = "download",
    /// Import, upload.
    Upload = "upload",
    /// A file, evidence.
    File = "file",
    /// Take a photograph.
    Camera = "camera",
    /// A place.
    Place = "place",
    /// Filter.
    Filter = "filter",
    /// Sorted upwards.
    Up = "up",
    /// Sorted downwards.
    Down = "down",
    /// On, deeper.
    Next = "next",
    /// Back.
    Previous = "previous",
    /// Opens elsewhere.
    External = "external",
    /// A permanent address, a proof.
    Link = "link",
    /// History.
    History = "history",
    /// No connection.
    Offline = "offline",
    /// Print.
    Print = "print",
    /// Look at it.
    Eye = "eye",
    /// Copy.
    Copy = "copy",
    /// Nothing, unchanged.
    Dash = "dash",
    /// A current state without judgement.
    Dot = "dot",
}

impl Render for Icon {
    fn render(&self) -> Markup {
        html! {
            svg.icon width="16" height="16" aria-hidden="true" focusable="false" {
                use href={ (asset("icons.svg")) "#" (self.id()) } {}
            }
        }
    }
}

/// Markup without its icons, whose addresses change with the sprite: for the tests of components.
#[cfg(test)]
pub(super) fn without_icons(html: &str) -> String {
    let mut parts = html.split("<svg class=\"icon\"");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |out, part| out + part.split_once("</svg>").map_or("", |(_, after)| after))
}

#[cfg(test)]
mod tests {
    use super::Icon;

    #[test]
    fn the_sprite_has_every_icon() {
        let sprite = include_str!("../../assets/icons.svg");
        for icon in Icon::ALL {
            assert!(sprite.contains(&format!("id=\"{}\"", icon.id())), "{icon:?}");
        }
    }
}
