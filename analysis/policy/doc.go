// Package policy says which domains may share a model: rules over labels of the
// domains, which forbid pools and name the rule and the domains that they are
// forbidden because of.
//
//  1. Every domain has [Labels], such as owner, jurisdiction or purpose: names of
//     the user's choice, each with one value or several.
//  2. A [Policy] has rules. A [Rule] is a declaration with one statement, to be read
//     and written by people who do not program; [Rule.Words] is its sentence.
//  3. [Policy.Check] says what is wrong with both, and where: a label that a rule
//     speaks of and a domain lacks is a mistake, not a permission.
//  4. [New] makes a [Checker] of them, which answers for any set of domains:
//     [Checker.Allows], or [Checker.Refusals] with the reasons.
//  5. [Checker.Cover] finds the largest pools that are allowed, where one of all
//     domains is not.
//
// # Statements
//
// A rule considers the domains that match among, all where it is not given, less
// those that match except. Of the domains of a pool that it considers,
//
//	same: owner                          all have the same owner
//	common: purpose                      there is a purpose that all have
//	separate: {jurisdiction: EU}         all have this label or none has
//	apart: [{owner: a}, {owner: b}]      none matches one entry while another matches another
//	never: {confidentiality: secret}     none has this label
//	at_most: 2                           there are two at most
//	at_most: 2, of: owner                their owners are two at most
//	lasts: {retention: 2029-12-31}       data of all may be used until then; or a length, 36 months
//
// must hold. Labels of a match must all be there, with one of the values given. With
// covers: [pooling, evaluation] a rule forbids, too, that a model of one domain is
// tested on data of another; the default is pooling alone.
//
// # What follows from the statements
//
// A rule speaks of sets of two domains and more: a domain may always have a model
// of its own. What is forbidden stays forbidden with further domains, since no
// statement asks for company. Searches rest on that, and so does Cover.
//
// # Limits
//
// No rule knows the date of today, so that the same files always give the same
// answer: lasts compares what is written. Labels are what their author says they
// are; nothing here looks at data. Cover is greedy, and its pools are maximal but
// need not be the largest there are.
package policy
