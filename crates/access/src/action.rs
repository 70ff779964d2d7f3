//! What can be done.

use message::Text;

macro_rules! actions {
    ($($name:ident = $key:literal, $chinese:literal, $english:literal;)*) => {
        /// Something that a right can be given for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Action {
            $(#[doc = $english] $name,)*
        }

        impl Action {
            /// Every action, in the order in which people are shown them.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The name that policies and the scopes of tokens use.
            pub fn key(self) -> &'static str {
                match self { $(Self::$name => $key,)* }
            }

            /// What people call it.
            pub fn label(self) -> Text {
                match self { $(Self::$name => Text::new($chinese, $english),)* }
            }
        }
    };
}

actions! {
    View = "view", "查看", "See";
    Export = "export", "导出", "Export";
    Enter = "enter", "新增记录", "Enter records";
    Amend = "amend", "修改记录", "Amend records";
    Advance = "advance", "流转状态", "Move records to another state";
    Withdraw = "withdraw", "撤回记录", "Withdraw records";
    Verify = "verify", "核验通过", "Verify records";
    Return = "return", "退回修改", "Return records for correction";
    Import = "import", "批量导入", "Import files";
    SeePersonal = "see_personal", "查看个人信息", "See personal data";
    WriteReport = "write_report", "撰写汇报", "Write reports";
    SignReport = "sign_report", "签发汇报", "Sign reports";
    Check = "check", "核验文稿", "Check documents";
    ManageUnits = "manage_units", "调整机构", "Re-organise units";
    ManageAccounts = "manage_accounts", "管理账号", "Manage accounts";
    ManagePack = "manage_pack", "管理城市包", "Manage the pack";
    ReadAudit = "read_audit", "查看操作记录", "Read the audit trail";
    Backup = "backup", "备份与校验", "Back up and verify the book";
    UseOwnAccount = "use_own_account", "使用本人账号", "Use one's own account";
}

impl Action {
    /// The action of this key.
    pub fn of(key: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| action.key() == key)
    }
}

#[cfg(test)]
mod tests {
    use super::Action;

    #[test]
    fn every_action_is_found_by_its_key_and_said_in_both_languages() {
        for &action in Action::ALL {
            assert_eq!(Action::of(action.key()), Some(action));
            let label = action.label();
            assert!(
                label.simplified.chars().all(|c| c > '\u{2e80}') && label.english.is_ascii(),
                "{label:?}"
            );
        }
        assert_eq!(Action::of("View"), None);
    }
}
