//! Policies, asked.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::str::FromStr;

use cedar_policy::{
    ActionConstraint, Authorizer, Context, Decision as Verdict, Entities, Entity, EntityId, EntityTypeName,
    EntityUid, PolicySet, PrincipalConstraint, Request, RestrictedExpression,
};
use message::Text;

use crate::action::Action;
use crate::ask::{Decision, Grant, Principal, Resource};
use crate::compile::Placed;
use crate::kept::{Kept, Question};
use crate::words::{Vocabulary, WHOLE};

/// The rights of a city.
pub struct Policies {
    authorizer: Authorizer,
    types: Types,
    words: Vocabulary,
    /// By role, then by action: the policies whose scope can be met at all. The others cannot take part.
    by_role: BTreeMap<String, Vec<Apt>>,
    /// What forbidding policies say to those whom they refuse.
    reasons: BTreeMap<String, Text>,
    /// Units that policies name.
    units: Vec<String>,
    kept: Kept,
    count: usize,
}

/// The policies for a role and an action.
struct Apt {
    set: PolicySet,
    /// Whether they could tell registers, units, authors or states apart: words are looked for in their texts, so that a
    /// policy which only seems to is asked too often and none too rarely.
    by_register: bool,
    by_unit: bool,
    by_author: bool,
    by_state: bool,
}

/// The names of Cedar's entity types, read once.
struct Types {
    account: EntityTypeName,
    role: EntityTypeName,
    unit: EntityTypeName,
    register: EntityTypeName,
    state: EntityTypeName,
    actions: Vec<EntityUid>,
    grant: EntityUid,
    resource: EntityUid,
}

impl Types {
    fn new() -> Option<Self> {
        let of = |name| EntityTypeName::from_str(name).ok();
        let action = of("Action")?;
        Some(Self {
            account: of("Account")?,
            role: of("Role")?,
            unit: of("Unit")?,
            register: of("Register")?,
            state: of("State")?,
            actions: Action::ALL.iter().map(|one| named(&action, one.key())).collect(),
            grant: named(&of("Grant")?, "grant"),
            resource: named(&of("Resource")?, "resource"),
        })
    }
}

fn named(kind: &EntityTypeName, name: &str) -> EntityUid {
    EntityUid::from_type_name_and_id(kind.clone(), EntityId::new(name))
}

/// What one grant gets.
#[derive(Default)]
struct Answer {
    permitted: Vec<String>,
    forbidden: Vec<String>,
}

impl std::fmt::Debug for Policies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Policies").field("count", &self.count).finish_non_exhaustive()
    }
}

impl Policies {
    /// Sorts checked policies by whom and what they can be about.
    pub(crate) fn of(placed: BTreeMap<String, Placed>, words: &Vocabulary) -> Option<Self> {
        let types = Types::new()?;
        let mut by_role = BTreeMap::new();
        for role in &words.roles {
            let principal = named(&types.role, role);
            let sets = types.actions.iter().map(|action| {
                let apt = placed.values().filter(|one| is_about(one, &principal, action));
                let texts: Vec<_> = apt.clone().map(|one| &one.source.text[one.span.clone()]).collect();
                // `resource["\u{75}nit"]` is `resource.unit`: where anything is escaped, anything may be meant.
                let mention = |word| texts.iter().any(|text| text.contains(word) || text.contains('\\'));
                Some(Apt {
                    set: PolicySet::from_policies(apt.map(|one| one.policy.clone())).ok()?,
                    by_register: mention("egister") || mention("two_person"),
                    by_unit: mention("nit"),
                    by_author: mention("uthor"),
                    by_state: mention("tate"),
                })
            });
            by_role.insert(role.clone(), sets.collect::<Option<Vec<_>>>()?);
        }
        let units: BTreeSet<String> = placed
            .values()
            .flat_map(|one| one.policy.entity_literals())
            .filter(|uid| *uid.type_name() == types.unit)
            .map(|uid| uid.id().unescaped().to_owned())
            .filter(|unit| unit != WHOLE)
            .collect();
        Some(Self {
            authorizer: Authorizer::new(),
            types,
            words: words.clone(),
            by_role,
            reasons: placed.iter().filter_map(|(id, one)| Some((id.clone(), one.reason()?))).collect(),
            units: units.into_iter().collect(),
            kept: Kept::default(),
            count: placed.len(),
        })
    }

    /// How many policies there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Whether this principal may do this to this resource, and why.
    pub fn decide(&self, principal: &Principal<'_>, action: Action, resource: &Resource<'_>) -> Decision {
        if !principal.in_scope(action, resource.register) {
            return Decision::default();
        }
        // What no policy looks at makes no other question: a list of thousands of owners is asked about once.
        let looks = |at: fn(&Apt) -> bool| {
            principal.grants.iter().any(|grant| self.apt(grant, action).is_some_and(at))
        };
        let question = Question {
            anywhere: false,
            account: principal.account,
            grants: principal.grants,
            action,
            register: resource.register.filter(|_| looks(|apt| apt.by_register)),
            units: if looks(|apt| apt.by_unit) { resource.units } else { &[] },
            authors: if looks(|apt| apt.by_author) { resource.authors } else { &[] },
            state: resource.state.filter(|_| looks(|apt| apt.by_state)),
        };
        self.kept.answer(question, || self.decided(principal, action, resource))
    }

    /// Whether there is a place where this principal may do this: for menus and lists, which then ask of each record.
    ///
    /// Asked is a record of the principal's own units (and of units that policies name) that nobody's entries wait
    /// for, in any state; of `register`, or of every register and of none where none is named.
    pub fn may_anywhere(&self, principal: &Principal<'_>, action: Action, register: Option<&str>) -> bool {
        if !principal.in_some_scope(action, register) {
            return false;
        }
        let ask = |register: Option<&str>| {
            let question = Question {
                anywhere: true,
                account: principal.account,
                grants: principal.grants,
                action,
                register,
                units: &[],
                authors: &[],
                state: None,
            };
            let answer =
                || Decision { allowed: self.somewhere(principal, action, register), ..Decision::default() };
            principal.in_scope(action, register) && self.kept.answer(question, answer).allowed
        };
        if register.is_some() || ask(None) {
            return register.is_none_or(|register| ask(Some(register)));
        }
        let differs = |grant: &Grant| self.apt(grant, action).is_some_and(|apt| apt.by_register);
        let is_narrowed = principal.scopes.is_some();
        (is_narrowed || principal.grants.iter().any(differs))
            && self.words.register_keys().any(|register| ask(Some(register)))
    }

    fn somewhere(&self, principal: &Principal<'_>, action: Action, register: Option<&str>) -> bool {
        let states: &[String] =
            register.and_then(|key| self.words.register(key)).map_or(&[], |register| &register.states);
        principal.grants.iter().any(|grant| {
            let Some(apt) = self.apt(grant, action).filter(|apt| !apt.set.is_empty()) else { return false };
            let own = grant.unit.iter().cloned().collect::<Vec<_>>();
            let named = self.units.iter().map(|unit| [std::slice::from_ref(unit), &own].concat());
            let places: Vec<Vec<String>> = std::iter::once(own.clone()).chain(named).collect();
            let differs =
                principal.grants.iter().any(|grant| self.apt(grant, action).is_some_and(|apt| apt.by_state));
            let states = states.iter().map(|state| Some(state.as_str())).filter(|_| differs || apt.by_state);
            let states: Vec<_> = std::iter::once(None).chain(states).collect();
            places.iter().any(|units| {
                states.iter().any(|&state| {
                    let resource = Resource { register, units, authors: &[], state };
                    self.decided(principal, action, &resource).allowed
                })
            })
        })
    }

    fn decided(&self, principal: &Principal<'_>, action: Action, resource: &Resource<'_>) -> Decision {
        let mut permitted = BTreeSet::new();
        let mut forbidden = BTreeSet::new();
        // The resource is the same for all grants.
        let thing = self.thing(resource);
        for grant in principal.grants {
            let answer = self.ask(principal.account, grant, action, thing.as_ref());
            permitted.extend(answer.permitted);
            forbidden.extend(answer.forbidden);
        }
        let allowed = forbidden.is_empty() && !permitted.is_empty();
        let reasons = forbidden.iter().filter_map(|id| self.reasons.get(id)).cloned().collect();
        let policies = if forbidden.is_empty() { permitted } else { forbidden };
        Decision { allowed, policies: policies.into_iter().collect(), reasons }
    }

    /// The policies that could be about a grant and an action. A role that the pack does not have gives nothing, and
    /// no unit is called as the whole city is.
    fn apt(&self, grant: &Grant, action: Action) -> Option<&Apt> {
        if grant.unit.as_deref() == Some(WHOLE) {
            return None;
        }
        self.by_role.get(&grant.role)?.get(action as usize)
    }

    fn ask(&self, account: &str, grant: &Grant, action: Action, thing: Option<&Entity>) -> Answer {
        let Some(apt) = self.apt(grant, action) else { return Answer::default() };
        if apt.set.is_empty() {
            return Answer::default();
        }
        // What cannot even be asked is refused.
        let asked = thing.and_then(|thing| self.question(account, grant, action, thing.clone()));
        let Some((request, entities)) = asked else {
            return Answer { permitted: Vec::new(), forbidden: vec!["-".to_owned()] };
        };
        let response = self.authorizer.is_authorized(&request, &apt.set, &entities);
        let ids = |ids: Vec<&cedar_policy::PolicyId>| -> Vec<String> {
            ids.iter().map(|id| id.to_string()).collect()
        };
        // A policy that fails is skipped by Cedar; if it was one that forbids, that would permit.
        let failed: Vec<String> = response
            .diagnostics()
            .errors()
            .map(|error| match error {
                cedar_policy::AuthorizationError::PolicyEvaluationError(error) => {
                    error.policy_id().to_string()
                }
            })
            .collect();
        let reasons = ids(response.diagnostics().reason().collect());
        match (failed.is_empty(), response.decision()) {
            (false, _) => Answer { permitted: Vec::new(), forbidden: failed },
            (true, Verdict::Allow) => Answer { permitted: reasons, forbidden: Vec::new() },
            (true, Verdict::Deny) => Answer { permitted: Vec::new(), forbidden: reasons },
        }
    }

    fn question(
        &self,
        account: &str,
        grant: &Grant,
        action: Action,
        thing: Entity,
    ) -> Option<(Request, Entities)> {
        let types = &self.types;
        let role = named(&types.role, &grant.role);
        let unit = grant.unit.as_deref().unwrap_or(WHOLE);
        let attributes = HashMap::from([
            ("account".to_owned(), value(&types.account, account)),
            ("unit".to_owned(), value(&types.unit, unit)),
        ]);
        let principal = Entity::new(types.grant.clone(), attributes, HashSet::from([role])).ok()?;
        let entities = Entities::from_entities([principal, thing], None).ok()?;
        let action = types.actions.get(action as usize)?.clone();
        let request =
            Request::new(types.grant.clone(), action, types.resource.clone(), Context::empty(), None).ok()?;
        Some((request, entities))
    }

    /// The resource as policies see it.
    fn thing(&self, resource: &Resource<'_>) -> Option<Entity> {
        let types = &self.types;
        let register = resource.register.and_then(|key| self.words.register(key));
        let two_person = register.is_some_and(|register| register.two_person);
        let authors = resource.authors.iter().map(|author| value(&types.account, author));
        let mut attributes = HashMap::from([
            ("authors".to_owned(), RestrictedExpression::new_set(authors)),
            ("two_person".to_owned(), RestrictedExpression::new_bool(two_person)),
        ]);
        let mut parents = HashSet::from([named(&types.unit, WHOLE)]);
        for unit in resource.units.iter().filter(|unit| *unit != WHOLE) {
            parents.insert(named(&types.unit, unit));
        }
        if let Some(unit) = resource.units.first() {
            attributes.insert("unit".to_owned(), value(&types.unit, unit));
        }
        if let Some(register) = resource.register {
            attributes.insert("register".to_owned(), value(&types.register, register));
            parents.insert(named(&types.register, register));
        }
        if let Some(state) = resource.state {
            attributes.insert("state".to_owned(), value(&types.state, state));
        }
        Entity::new(types.resource.clone(), attributes, parents).ok()
    }
}

fn value(kind: &EntityTypeName, name: &str) -> RestrictedExpression {
    RestrictedExpression::new_entity_uid(named(kind, name))
}

/// Whether the scope of a policy can be met by a role and an action.
fn is_about(one: &Placed, role: &EntityUid, action: &EntityUid) -> bool {
    let by_action = match one.policy.action_constraint() {
        ActionConstraint::Any => true,
        ActionConstraint::Eq(only) => only == *action,
        // Our schema has no groups of actions, so that `in` a list is to be one of it.
        ActionConstraint::In(list) => list.contains(action),
    };
    let by_role = match one.policy.principal_constraint() {
        PrincipalConstraint::In(only) | PrincipalConstraint::IsIn(_, only) => only == *role,
        PrincipalConstraint::Any | PrincipalConstraint::Is(_) | PrincipalConstraint::Eq(_) => true,
    };
    by_action && by_role
}
