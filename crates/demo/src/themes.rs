//! The themes of the city's work, one file each, in the order in which they are told.
//!
//! Later themes may name records of earlier ones (a campaign its brand, an alliance its enterprises).

pub(crate) mod brands;
pub(crate) mod campaigns;
pub(crate) mod corrections;
pub(crate) mod docks;
pub(crate) mod enterprises;
pub(crate) mod industry;
pub(crate) mod innovation;
pub(crate) mod land;
pub(crate) mod learning;
pub(crate) mod parks;
pub(crate) mod pioneer;
pub(crate) mod riverside;
pub(crate) mod services;
pub(crate) mod stations;
pub(crate) mod volunteers;
pub(crate) mod water;
