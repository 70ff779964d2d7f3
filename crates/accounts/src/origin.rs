//! Where a request comes from.

use std::net::IpAddr;

/// The address and the browser of a request.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The network address, as text.
    pub address: String,
    /// The browser's own name, for the list of one's sessions.
    pub agent: String,
}

impl Origin {
    /// An origin.
    pub fn new(address: impl Into<String>, agent: impl Into<String>) -> Origin {
        Origin { address: address.into(), agent: agent.into() }
    }

    /// What failures are counted by. A household or an attacker has a whole /64 of IPv6 addresses, so that is one place.
    pub(crate) fn place(&self) -> String {
        match self.address.parse::<IpAddr>().map(|address| address.to_canonical()) {
            Ok(IpAddr::V4(address)) => address.to_string(),
            Ok(IpAddr::V6(address)) => {
                let [a, b, c, d, ..] = address.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
            Err(_) => self.address.chars().take(64).collect(),
        }
    }

    /// The browser's name, no longer than is kept.
    pub(crate) fn agent_kept(&self) -> String {
        self.agent.chars().filter(|character| !character.is_control()).take(200).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Origin;

    #[test]
    fn an_address_is_one_place_and_a_network_of_ipv6_too() {
        fn check(address: &str, expected: &str) {
            assert_eq!(Origin::new(address, "").place(), expected);
        }
        check("192.0.2.7", "192.0.2.7");
        check("::ffff:192.0.2.7", "192.0.2.7");
        check("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64");
        check("unix", "unix");
    }
}
