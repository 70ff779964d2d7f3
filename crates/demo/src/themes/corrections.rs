//! What was entered late: the difference between what a report of January 2023 said and what is known now.

use jiff::civil::date;
use rust_decimal::Decimal;

use crate::story::Handle;
use crate::values;
use crate::world::World;

/// A dock whose closing of 28 December 2022 was entered in February 2023.
pub(crate) fn late_closing(world: &mut World, dock: Handle) {
    let day = date(2022, 12, 28);
    let notice = world.file("码头关停搬迁通告", day);
    world.story.advance_with(dock, "closed", day, notice);
    world.story.recorded_late(dock, date(2023, 2, 14));
    world.story.verify(dock);
}

/// A contract whose amount was typed with a nought too many, mended in March 2023.
pub(crate) fn mended_contract(world: &mut World, (contract, right): (Handle, Decimal)) {
    world.story.amend(contract, date(2022, 12, 6), values! { amount: right }).note =
        Some("成交额多录一个零，更正");
    world.story.recorded_late(contract, date(2023, 3, 8));
    world.story.verify(contract);
}
