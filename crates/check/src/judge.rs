//! Claims and the book's figures together: verdicts.

use std::ops::Range;

use figure::{Figure, FigureId, Period};
use jiff::civil::Date;
use message::{Text, text};
use quantity::read::Quantity;
use rust_decimal::Decimal;

use crate::claim::{Claim, Shown, Subject, What, as_of};
use crate::lexicon::{Indicator, Lexicon};
use crate::reason::Reason;
use crate::verdict::{Verdict, change, change_holds, holds, in_words, stated};

/// Where figures come from.
pub trait Book {
    /// A figure for each of these, in order; none where it cannot be computed.
    fn figures(&mut self, asks: &[Ask]) -> Vec<Option<Figure>>;
    /// Earlier sizes of the book at which a claim may have been true, latest first.
    fn earlier(&self) -> Vec<u64>;
}

/// A figure that is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Ask {
    /// The indicator's key.
    pub indicator: String,
    /// The period.
    pub period: Period,
    /// The day whose state counts; the period's last unless said.
    pub as_of: Option<Date>,
    /// How many entries of the book are known; all unless said.
    pub known_at: Option<u64>,
    /// The values that dimensions are held to.
    pub scope: Vec<(String, String)>,
}

/// A claim, judged.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The place of the quantity or words judged, in Unicode characters of the text.
    pub chars: Range<usize>,
    /// The indicator that it speaks of.
    pub indicator: Option<String>,
    /// Where several indicators fit: which.
    pub candidates: Vec<String>,
    /// The period that it speaks of.
    pub period: Option<Period>,
    /// The verdict.
    pub verdict: Verdict,
    /// What the text says: `近300天`.
    pub stated: String,
    /// What the book says, with its unit.
    pub computed: Option<String>,
    /// The figure it was compared with.
    pub figure: Option<FigureId>,
    /// Whether it is a rank or superlative, which no book of one city supports.
    pub rank: bool,
    /// Why.
    pub reason: Text,
}

/// What is fixed for a whole judgement.
pub(crate) struct Bench<'a> {
    pub text: &'a str,
    pub found: &'a [Quantity],
    pub lexicon: &'a Lexicon,
    pub as_of: Option<Date>,
    /// The period that the text is about.
    pub default: Period,
    /// Where each character of the text begins.
    pub starts: Vec<usize>,
}

/// How far back a claim's former truth is looked for.
const YEARS_BACK: i16 = 12;
/// So many months back, of what stands at a date.
const MONTHS_BACK: usize = 12;

/// Judges claims in two rounds, so that the book is asked for many figures at once: first what they speak of, then,
/// of those that do not hold, the same at earlier times.
pub(crate) fn judge(bench: &Bench<'_>, claims: &[Claim], book: &mut dyn Book) -> Vec<Judged> {
    let first: Vec<Vec<Ask>> = claims.iter().map(|claim| bench.asks(claim)).collect();
    let answers = answer(book, &first);
    let mut judged: Vec<Judged> =
        claims.iter().zip(&answers).map(|(claim, answer)| bench.judged(claim, answer)).collect();
    let sizes = book.earlier();
    let second: Vec<Vec<Ask>> = claims
        .iter()
        .zip(&judged)
        .map(
            |(claim, one)| {
                if one.verdict == Verdict::Contradicted { bench.former(claim, &sizes) } else { Vec::new() }
            },
        )
        .collect();
    let answers = answer(book, &second);
    for ((claim, one), (asks, figures)) in claims.iter().zip(&mut judged).zip(second.iter().zip(&answers)) {
        let true_then = asks.iter().zip(figures).find(|(_, figure)| {
            figure.as_ref().is_some_and(|figure| figure.rows > 0 && bench.holds(claim, figure) == Some(true))
        });
        if let Some((ask, Some(figure))) = true_then {
            one.verdict = Verdict::Outdated;
            one.reason = bench.outdated(one, ask, figure);
        }
    }
    judged
}

/// Asks for everything at once.
fn answer(book: &mut dyn Book, asks: &[Vec<Ask>]) -> Vec<Vec<Option<Figure>>> {
    let all: Vec<Ask> = asks.iter().flatten().cloned().collect();
    let mut figures = if all.is_empty() { Vec::new() } else { book.figures(&all) }.into_iter();
    asks.iter().map(|asks| asks.iter().map(|_| figures.next().flatten()).collect()).collect()
}

impl Bench<'_> {
    fn indicator(&self, claim: &Claim) -> Option<(&Indicator, Option<usize>)> {
        match claim.subject {
            Subject::Indicator { indicator, wording } => Some((&self.lexicon.indicators[indicator], wording)),
            Subject::WrongUnit { indicator } => Some((&self.lexicon.indicators[indicator], None)),
            _ => None,
        }
    }

    fn ask(&self, claim: &Claim, indicator: &Indicator, period: Period) -> Ask {
        Ask {
            indicator: indicator.key.clone(),
            period,
            as_of: as_of(period, self.as_of),
            known_at: None,
            scope: claim.scope.clone(),
        }
    }

    /// What a claim is to be compared with.
    fn asks(&self, claim: &Claim) -> Vec<Ask> {
        if let What::Tagged { id, .. } = &claim.what {
            let known = |known_at| Ask {
                indicator: id.indicator.clone(),
                period: id.period,
                as_of: Some(id.as_of),
                known_at,
                scope: id.scope.clone(),
            };
            return vec![known(Some(id.snapshot.known_at)), known(None)];
        }
        let Some((indicator, _)) = self.indicator(claim) else { return Vec::new() };
        match &claim.what {
            What::From(_) if indicator.flow => vec![self.ask(claim, indicator, claim.period.previous())],
            // 由2016年末的580余个: that year's; else any earlier year's.
            What::From(_) if claim.period.last() < self.default.first() => {
                vec![self.ask(claim, indicator, claim.period)]
            }
            What::From(_) => {
                years_before(claim.period).map(|period| self.ask(claim, indicator, period)).collect()
            }
            What::Change { since, .. } => {
                vec![self.ask(claim, indicator, claim.period), self.ask(claim, indicator, *since)]
            }
            _ => vec![self.ask(claim, indicator, claim.period)],
        }
    }

    /// The same at earlier times.
    fn former(&self, claim: &Claim, sizes: &[u64]) -> Vec<Ask> {
        let Some((indicator, _)) = self.indicator(claim) else { return Vec::new() };
        if !matches!(claim.what, What::Level(_) | What::Statement(_))
            || matches!(claim.subject, Subject::WrongUnit { .. })
        {
            return Vec::new();
        }
        let now = self.ask(claim, indicator, claim.period);
        let known = sizes.iter().map(|&size| Ask { known_at: Some(size), ..now.clone() });
        let mut asks: Vec<Ask> = known.collect();
        if !indicator.flow {
            let months =
                std::iter::successors(Some(month_of(claim.period.last())), |month| Some(month.previous()));
            asks.extend(months.skip(1).take(MONTHS_BACK).map(|month| Ask {
                as_of: None,
                period: month,
                ..now.clone()
            }));
        }
        asks.extend(years_before(claim.period).map(|period| self.ask(claim, indicator, period)));
        asks
    }

    /// Whether a figure makes a claim true; none where they cannot be compared.
    fn holds(&self, claim: &Claim, figure: &Figure) -> Option<bool> {
        let (indicator, wording) = self.indicator(claim)?;
        match claim.what {
            What::Level(at) | What::From(at) => {
                Some(holds(&self.found[at], in_words(figure, indicator, wording, &self.found[at])?))
            }
            What::Statement(at) => {
                let statement = &indicator.statements[at];
                Some(statement.bound.holds(figure.value?, statement.limit))
            }
            _ => None,
        }
    }

    fn judged(&self, claim: &Claim, figures: &[Option<Figure>]) -> Judged {
        let known = self.indicator(claim);
        let mut judged = Judged {
            chars: claim.chars.clone(),
            indicator: known.map(|(indicator, _)| indicator.key.clone()),
            candidates: Vec::new(),
            period: known.map(|_| claim.period),
            verdict: Verdict::Unsupported,
            stated: self.stated(claim),
            computed: None,
            figure: None,
            rank: matches!(claim.what, What::Rank),
            reason: Reason::NoIndicator.text(),
        };
        match &claim.subject {
            _ if matches!(claim.what, What::Tagged { .. }) => self.tagged(claim, figures, &mut judged),
            Subject::None(reason) => judged.reason = reason.text(),
            Subject::Ambiguous(several) => {
                judged.verdict = Verdict::Ambiguous;
                judged.candidates =
                    several.iter().map(|&one| self.lexicon.indicators[one].key.clone()).collect();
                let names = judged.candidates.join(", ");
                judged.reason =
                    text!("此说法同样符合多个指标：{names}", "this fits several indicators alike: {names}");
            }
            Subject::WrongUnit { indicator } => self.wrong_unit(*indicator, figures, &mut judged),
            Subject::Indicator { .. } => {
                self.compared(claim, figures, &mut judged);
                if let (Some(word), Verdict::Contradicted) = (claim.doubt, judged.verdict) {
                    judged.verdict = Verdict::Unsupported;
                    judged.reason = Reason::Part(word).text();
                }
            }
        }
        judged
    }

    fn stated(&self, claim: &Claim) -> String {
        match claim.what {
            What::Level(at)
            | What::From(at)
            | What::Change { quantity: at, .. }
            | What::Tagged { shown: Shown::Quantity(at), .. } => stated(&self.found[at], self.text),
            _ => {
                let byte = |place: usize| self.starts.get(place).copied().unwrap_or(self.text.len());
                self.text[byte(claim.chars.start)..byte(claim.chars.end)].to_owned()
            }
        }
    }

    fn wrong_unit(&self, indicator: usize, figures: &[Option<Figure>], judged: &mut Judged) {
        let indicator = &self.lexicon.indicators[indicator];
        let (label, unit) = (&indicator.label.simplified, &indicator.unit);
        judged.reason = text!(
            "“{label}”以“{unit}”计，与所写单位不是同一种量",
            "`{label}` is told in `{unit}`, which measures something else than the unit written"
        );
        match figures.first() {
            Some(Some(figure)) if figure.rows > 0 => {
                judged.verdict = Verdict::Contradicted;
                judged.computed = Some(shown(figure));
                judged.figure = Some(figure.id.clone());
            }
            _ => {}
        }
    }

    /// Compares an indicator's claim with the book.
    fn compared(&self, claim: &Claim, figures: &[Option<Figure>], judged: &mut Judged) {
        let present: Vec<&Figure> =
            figures.iter().flatten().filter(|figure| figure.value.is_some()).collect();
        let told = |judged: &mut Judged, figure: &Figure| {
            judged.computed = Some(shown(figure));
            judged.figure = Some(figure.id.clone());
        };
        let verdict = |held| if held { Verdict::Supported } else { Verdict::Contradicted };
        match &claim.what {
            What::Change { quantity, since, named } => {
                self.changed(*quantity, *since, *named, claim, figures, judged)
            }
            What::From(_) => {
                let then =
                    present.iter().find(|figure| figure.rows > 0 && self.holds(claim, figure) == Some(true));
                if let Some(figure) = then.or(present.iter().find(|figure| figure.rows > 0)) {
                    told(judged, figure);
                    judged.verdict = verdict(then.is_some());
                    let day = figure.id.as_of;
                    judged.reason = match then {
                        Some(_) => text!("{day} 时属实", "true on {day}"),
                        None => text!("此前各年末都不符合", "true at no earlier year's end"),
                    };
                } else {
                    judged.reason = Reason::NoFigure.text();
                }
            }
            _ => match present.first() {
                // An indicator that counts nothing at all is one that this city does not keep.
                Some(figure) if figure.rows > 0 || figure.pending > 0 => {
                    let Some(held) = self.holds(claim, figure) else {
                        judged.reason = Reason::NoFigure.text();
                        return;
                    };
                    told(judged, figure);
                    judged.verdict = verdict(held);
                    judged.reason = self.reason(claim, figure, held);
                }
                _ => judged.reason = Reason::NoFigure.text(),
            },
        }
    }

    fn reason(&self, claim: &Claim, figure: &Figure, held: bool) -> Text {
        let value = shown(figure);
        let mut reason = match (claim.what.clone(), held) {
            (What::Statement(at), _) => {
                let statement = self.indicator(claim).map(|(indicator, _)| &indicator.statements[at]);
                let (sign, limit) =
                    statement.map_or(("", Decimal::ZERO), |one| (one.bound.sign(), one.limit));
                text!("账本为 {value}，要求 {sign} {limit}", "the book has {value}; {sign} {limit} is meant")
            }
            (_, true) => text!("账本为 {value}", "the book has {value}"),
            (_, false) => {
                text!("账本为 {value}，与所写不符", "the book has {value}, which is not what is written")
            }
        };
        if figure.pending > 0 && !held {
            let pending = figure.pending;
            reason.simplified.push_str(&format!("；另有 {pending} 条待核实，未计入"));
            reason.english.push_str(&format!("; {pending} more await verification and are not counted"));
        }
        reason
    }

    /// Compares a claimed change with two figures.
    fn changed(
        &self,
        quantity: usize,
        since: Period,
        named: bool,
        claim: &Claim,
        figures: &[Option<Figure>],
        judged: &mut Judged,
    ) {
        let quantity = &self.found[quantity];
        let ([Some(now), Some(before)], Some((indicator, _))) = (figures, self.indicator(claim)) else {
            judged.reason = Reason::NoFigure.text();
            return;
        };
        let (Some(later), Some(former)) = (now.value, before.value.filter(|_| before.rows > 0)) else {
            judged.reason = Reason::NoFigure.text();
            return;
        };
        let Some(change) = change(later, former, quantity, indicator) else {
            judged.reason = Reason::Change.text();
            return;
        };
        let held = change_holds(quantity, change);
        let (value, unit) = (change.round_dp(quantity.step.scale() + 2).normalize(), &quantity.unit);
        judged.computed = Some(format!("{value}{unit}"));
        judged.figure = Some(now.id.clone());
        let (one, other) = (shown(before), shown(now));
        judged.reason = text!(
            "{since} 为 {one}，其后为 {other}，变化 {value}{unit}",
            "{one} in {since}, {other} after it: a change of {value}{unit}"
        );
        judged.verdict = match (held, named) {
            (true, _) => Verdict::Supported,
            (false, true) => Verdict::Contradicted,
            // The text does not say since when, so another base may make it true.
            (false, false) => Verdict::Unsupported,
        };
    }

    /// Compares what stands at a tag with the tagged figure, as it was then and as it is now.
    fn tagged(&self, claim: &Claim, figures: &[Option<Figure>], judged: &mut Judged) {
        let What::Tagged { id, shown: stands } = &claim.what else { return };
        judged.indicator = Some(id.indicator.clone());
        judged.period = Some(id.period);
        judged.figure = Some((**id).clone());
        let [then, now] = figures else { return };
        let Some(then) = then else {
            judged.reason =
                Text::new("账本不能复算此编号的数值", "the book cannot compute the figure of this tag");
            return;
        };
        judged.computed = Some(shown(then));
        let held = |figure: &Figure| match *stands {
            Shown::Quantity(at) => Some(holds(&self.found[at], self.plain_value(figure, &self.found[at])?)),
            Shown::Bare(number, step) => {
                Some(figure.value.is_some_and(|value| bare_holds(value, number, step)))
            }
            Shown::Nothing => Some(figure.value.is_none()),
            Shown::Other => Some(false),
        };
        let value = shown(then);
        judged.verdict = match (held(then), now.as_ref().and_then(held)) {
            (Some(true), Some(false)) => {
                let current = now.as_ref().map(shown).unwrap_or_default();
                judged.reason = text!(
                    "与出具时一致（{value}），账本现为 {current}",
                    "as it was when the report was written ({value}); the book now has {current}"
                );
                Verdict::Outdated
            }
            (Some(true), _) => {
                judged.reason = text!("账本为 {value}", "the book has {value}");
                Verdict::Supported
            }
            (Some(false), _) => {
                judged.reason = text!(
                    "有人改动了此数值：出具时为 {value}",
                    "somebody edited this figure: it was {value}"
                );
                Verdict::Contradicted
            }
            (None, _) => {
                judged.reason = text!("单位被改动：出具时为 {value}", "its unit was edited: it was {value}");
                Verdict::Contradicted
            }
        };
    }

    /// A figure's value in a quantity's unit, where no wording says how to read it.
    fn plain_value(&self, figure: &Figure, quantity: &Quantity) -> Option<Decimal> {
        let indicator = self.lexicon.indicators.iter().find(|one| one.key == figure.id.indicator)?;
        let wordings = (0..indicator.wordings.len()).map(Some).chain([None]);
        wordings.filter_map(|wording| in_words(figure, indicator, wording, quantity)).next()
    }

    fn outdated(&self, judged: &Judged, ask: &Ask, figure: &Figure) -> Text {
        let (then, now) = (shown(figure), judged.computed.clone().unwrap_or_default());
        match ask.known_at {
            Some(size) => text!(
                "入账 {size} 条时为 {then}，现为 {now}",
                "{then} when the book had {size} entries, {now} now"
            ),
            None => {
                let period = ask.period;
                text!(
                    "{period} 时为 {then}，所指时为 {now}",
                    "{then} in {period}, {now} at the time spoken of"
                )
            }
        }
    }
}

/// Whether a value rounds to a number that stands without its unit, which may be one of 百, 千, 万, 亿.
fn bare_holds(value: Decimal, number: Decimal, step: Decimal) -> bool {
    const POWERS: [i64; 6] = [1, 100, 1_000, 10_000, 1_000_000, 100_000_000];
    POWERS.iter().any(|&power| {
        let scaled = value.checked_div(Decimal::from(power));
        scaled.is_some_and(|scaled| (scaled - number).abs() * Decimal::TWO <= step)
    })
}

/// A figure's value as it is shown, with its unit.
fn shown(figure: &Figure) -> String {
    let value = figure.value.map(|value| {
        quantity::fixed(
            quantity::round_half_even(value, u32::from(figure.decimals)),
            u32::from(figure.decimals),
        )
    });
    format!("{}{}", value.unwrap_or_else(|| "—".to_owned()), figure.unit)
}

fn month_of(day: Date) -> Period {
    Period::Month(day.year(), day.month())
}

/// The years before a period, latest first.
fn years_before(period: Period) -> impl Iterator<Item = Period> {
    let year = period.first().year();
    (1..=YEARS_BACK).map(move |back| Period::Year(year - back))
}
