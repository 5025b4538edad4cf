//! [`SetUp`]: what the module says of its settings.

/// Settings that AT&W does not store, as the module gave them; `None`: it does not tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::link) struct SetUp {
    /// `AT+CMEE?`
    pub errors: Option<String>,
    /// `AT+IFC?`
    pub flow_control: Option<String>,
}

impl SetUp {
    /// Whether a setting is not as it was before.
    pub(in crate::link) fn differs_from(&self, before: &Self) -> bool {
        let differs = |now: &Option<String>, before: &Option<String>| {
            now.is_some() && before.is_some() && now != before
        };
        differs(&self.errors, &before.errors) || differs(&self.flow_control, &before.flow_control)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_told_both_times_can_differ() {
        let set_up = |errors: Option<&str>, flow_control: Option<&str>| SetUp {
            errors: errors.map(str::to_owned),
            flow_control: flow_control.map(str::to_owned),
        };
        let before = set_up(Some("1"), Some("2,2"));
        assert!(!before.differs_from(&before));
        assert!(set_up(Some("1"), Some("0,0")).differs_from(&before));
        assert!(set_up(Some("0"), None).differs_from(&before));
        assert!(!set_up(None, None).differs_from(&before));
        assert!(!before.differs_from(&set_up(None, Some("2,2"))));
    }
}
