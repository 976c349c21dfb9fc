/**
 * Ways to break a program's files, one a line: what is wrong | the file | the text in it | what it is
 * changed to | a part of the fault that must be told.
 */
export const brokenPacks = String.raw`
a role that does not exist | year/11-november.yaml | role: slt | role: slr | year/11-november.yaml, task nov-1/slt/1, role: "slr" is no role. Use "coordinator", "isbe"
a field with another spelling | year/11-november.yaml | meeting: true | meetings: true | year/11-november.yaml, task nov-4/coordinator/1, meetings: is not a field here
a field left out | year/03-march.yaml | scope: district |  | year/03-march.yaml, task mar-2/district/1, scope: is missing. Add it.
a scope that does not exist | year/03-march.yaml | scope: district | scope: county | task mar-2/district/1, scope: "county" is not possible. Use "state", "district" or "school"
an unknown fact | year/11-november.yaml | { newlyDesignated: true } | { newly: true } | task nov-2/coordinator/1, appliesWhen: "newly" is no fact
an unknown date parameter | year/07-july.yaml | boardMeetingSip | boardMeeting | task jul-1/district/board, due: "boardMeeting" is no date parameter
an address used as a date | year/07-july.yaml | boardMeetingSip | rootCauseUrl | task jul-1/district/board, due: "rootCauseUrl" is no date parameter
an unknown address | year/07-july.yaml | parameter: partnerRubricUrl | parameter: rubricUrl | year/07-july.yaml, activities[jul-2].resources: "rubricUrl" is no url parameter
a task under another activity | year/03-march.yaml | id: mar-2/district/1 | id: mar-3/district/9 | task mar-3/district/9, id: does not begin with "mar-2/"
a task id of another role | year/03-march.yaml | id: mar-2/district/1 | id: mar-2/isbe/1 | task mar-2/isbe/1, id: names another role than "district"
a task id used twice | year/03-march.yaml | id: mar-4/isbe/2 | id: mar-4/isbe/1 | task mar-4/isbe/1, id: is the id of another task too
an activity id used twice | year/03-march.yaml | id: mar-3 | id: mar-2 | year/03-march.yaml, activities[mar-2].id: is the id of another activity too
an item of the source covered twice | year/07-july.yaml | sources: [] | sources: [jul-1/district/1] | task jul-1/district/board, sources: "jul-1/district/1" is covered by another task too
a derived task without its reason | year/05-may.yaml | kind: derived | kind: erratum | task may-1/principal/conduct, sources: is empty
a deadline without a date | year/07-july.yaml | due: { parameter: boardMeetingSip } |  | task jul-1/district/vote, due: is missing
an occasion without a date | year/05-may.yaml | due: { parameter: districtWebinarOn } |  | task may-2/coordinator/1, due: is missing
a deadline that waits for a state | year/12-december.yaml | raises: planningGrant.submitted\n        opensWhen: { designation: released } | raises: planningGrant.submitted\n        opensWhen: { planningGrant: inPreparation } | task dec-4/district/1, opensWhen: lets a deadline wait
a deadline that waits for its event | year/12-december.yaml | raises: planningGrant.submitted\n        opensWhen: { designation: released } | raises: planningGrant.submitted | task dec-4/district/1, opensWhen: lets a deadline wait
a meeting item that raises an event | year/03-march.yaml | raises: stakeholderGroup.named | meeting: true\n        raises: stakeholderGroup.named | task mar-1/district/1, meeting: settles more than the meeting
a task that suffices for nothing | year/12-december.yaml | raises: leadershipTeam.beganWork | kind: expected | task dec-1/coordinator/2, suffices: needs the event
a dated thing that can be switched off | reminders.yaml | days: [7, 1], kinds: [occasion] | days: [7, 1], kinds: [occasion], optional: true, title: Webinars | reminders.yaml, rules[occasion-near].optional: is not for what has a date
a dated thing that nothing tells of | reminders.yaml | - learningPartner.contractScheduled |  | reminders.yaml, rules: none tells of jul-3/district/1 before its date
an optional rule without a title | reminders.yaml | title: Monthly summaries |  | reminders.yaml, rules[month-begins].title: is missing
a due date that is neither day nor parameter | year/07-july.yaml | { parameter: boardMeetingSip } | soon | task jul-1/district/vote, due: "soon" is neither
a day that most years lack | year/07-july.yaml | { on: { month: 7, day: 31 } } | { on: { month: 2, day: 29 } } | task jul-2/district/1, due: month 2 has no day 29 in every year
a day outside the planning year | year/07-july.yaml | { on: { month: 7, day: 31 } } | { on: { month: 8, day: 1 } } | task jul-2/district/1, due: month 8 lies outside the planning year. Use months 10 to 7
a safe day after the due date | year/04-april.yaml | day: 19 | day: 21 | task apr-2/district/1, due: has a "safeBy" that is not before "on"
more days of grace than a summer has | program.yaml | graceDays: 60 | graceDays: 91 | program.yaml, months.graceDays
a word that the program lacks | year/01-january.yaml | results in {portal} | results in {site} | task jan-1/principal/2, title: {site} stands for no word
a month twice | year/03-march.yaml | month: 3 | month: 2 | year/03-march.yaml, month: 2 has a file already
a month left out | year/03-march.yaml | month: 3 | month: 2 | year/, month: 3 has no file. Add one.
a month outside the year | year/03-march.yaml | month: 3 | month: 9 | year/03-march.yaml, month: 9 is not a month of the planning year
text that is no YAML | year/03-march.yaml | activities: | activities: [ | year/03-march.yaml, line
another name than the folder’s | program.yaml | id: isbe-comprehensive | id: isbe | program.yaml, id: "isbe" is not the name of its folder
a time zone that does not exist | program.yaml | America/Chicago | America/Springfield | program.yaml, zone: "America/Springfield" is not a time zone
an anchor date that most years lack | program.yaml | { month: 12, day: 31 } | { month: 2, day: 29 } | program.yaml, dates.quarter2Ends: month 2 has no day 29
a fact’s pattern that is none | program.yaml | ^(15|98)-016-2990-25- | ^15-( | program.yaml, facts[cps].codePattern: is not a valid regular expression
a code’s pattern that is none | program.yaml | codePattern: ^\d{2} | codePattern: ^(\d{2} | program.yaml, directory.codePattern: is not a valid regular expression
an example that does not match | program.yaml | codeExample: 99- | codeExample: 9- | program.yaml, directory.codeExample: "9-903-003A-26-2001" does not match
a district’s pattern without a group | program.yaml | ^(\d{2}-\d{3}-\d{3}[0-9A-Z]-\d{2})- | ^\d{2}- | program.yaml, directory.districtPattern: finds no district
a fact that nobody gives | program.yaml | codePattern: ^(15|98)-016-2990-25- |  | program.yaml, facts[cps]: needs either "given" or "codePattern"
a role id used twice | program.yaml | id: vendor | id: slt | program.yaml, roles: "slt" stands there twice
a parameter id used twice | program.yaml | id: rootCauseUrl | id: iqfsrUrl | program.yaml, parameters: "iqfsrUrl" stands there twice
a kind of role that the engine does not know | program.yaml | kind: coach | kind: trainer | program.yaml, roles[coordinator].kind: "trainer" is not possible
a column for two things | program.yaml | city: city | city: county | program.yaml, directory.columns: "county" is named for two fields
label sets out of order | labels.yaml | 2018-07-01 | 2028-07-01 | labels.yaml, sets[2026-07-01].from: is not later than the set before it (2028-07-01)
a label twice | labels.yaml | label: Targeted | label: Exemplary | labels.yaml, sets[2018-07-01].labels: "Exemplary" stands there twice
a reminder of an unknown kind | reminders.yaml | when: daysLate | when: weekly | reminders.yaml, rules[deadline-missed].when
a reminder for an unknown kind of task | reminders.yaml | kinds: [occasion] | kinds: [hoped] | reminders.yaml, rules[occasion-near].kinds[1]: "hoped" is not possible
a reminder id used twice | reminders.yaml | id: deadline-missed | id: deadline-near | reminders.yaml, rules: "deadline-near" stands there twice
a reminder to a role that does not exist | reminders.yaml | to: { kinds: [coach] } | to: { roles: [coach] } | reminders.yaml, rules[late-to-coordinator].to.roles: "coach" is no role. Use "coordinator"
a reminder to a kind that no role has | reminders.yaml | to: { kinds: [coach] } | to: { kinds: [board] } | reminders.yaml, rules[late-to-coordinator].to.kinds: no role is of kind "board"
a reminder to nobody | reminders.yaml | to: { kinds: [coach] } | to: {} | reminders.yaml, rules[late-to-coordinator].to: names nobody
an address that falls to nobody | reminders.yaml | otherwise: { kinds: [state] } | otherwise: {} | reminders.yaml, rules[address-refused].otherwise: names nobody
a reminder of a task that does not exist | reminders.yaml | dec-3/district/1 | dec-3/district/7 | reminders.yaml, rules[quarter-ending].tasks: "dec-3/district/7" is neither
a late notice that can be switched off | reminders.yaml | days: [1, 3, 7], kinds: [deadline] | days: [1, 3, 7], kinds: [deadline], optional: true | reminders.yaml, rules[deadline-missed].optional: is not for notices
a digest hour that no clock shows | reminders.yaml | 07:00 | 25:00 | reminders.yaml, digestAt: "25:00" is not valid (HH:MM)
a holiday on a day that most years lack | holidays.yaml | on: { month: 2, day: 12 } | on: { month: 2, day: 29 } | holidays.yaml, holidays[Lincoln's Birthday].on: month 2 has no day 29
a holiday on no weekday | holidays.yaml | first: tuesday | first: day | holidays.yaml, holidays[10]: {"title":"General Election Day"
an invented school with an impossible code | demo.yaml | 98-901-0010-26-0001 | 98-901-0010-0001 | demo.yaml, schools[98-901-0010-0001].code: is no rcdts code
an invented school outside the districts | demo.yaml | 98-901-0010-26-0001 | 98-904-0010-26-0001 | demo.yaml, schools[98-904-0010-26-0001].code: lies in district "98-904-0010-26"
a fact that no school is given | demo.yaml | newlyDesignated: false | cps: false | demo.yaml, schools[98-016-2990-25-9001].year.facts: "cps" is not given
an address that could reach somebody | demo.yaml | avery@agency.example.invalid | avery@agency.example.org | demo.yaml, people[avery@agency.example.org].email: could reach somebody
an invented person in no role | demo.yaml | role: isbe | role: boss | demo.yaml, people[avery@agency.example.invalid].assignments: "boss" is no role
a vendor that works nowhere | demo.yaml | districts: [98-016-2990-25] | districts: [98-016-2990-26] | demo.yaml, vendors[DEMO-CITY].districts: there is no district "98-016-2990-26" here
a vendor's role at a school | demo.yaml | organization: { kind: vendor, code: DEMO-CITY } | organization: { kind: district, code: 98-016-2990-25 } | demo.yaml, people[harper@vendors.example.invalid].assignments: "vendor" is held at a vendor only
another role at a vendor | demo.yaml | role: vendor, organization: { kind: vendor, code: DEMO-CITY } | role: slt, organization: { kind: vendor, code: DEMO-CITY } | demo.yaml, people[harper@vendors.example.invalid].assignments: "slt" is no role of a vendor
an invented person nowhere | demo.yaml | role: district, organization: { kind: district, code: 98-901-0010-26 } | role: district, organization: { kind: district, code: 98-905-0010-26 } | demo.yaml, people[ellis@prairie.example.invalid].assignments: there is no district "98-905-0010-26" here
an invented person at the state | demo.yaml | { role: isbe, organization: { kind: district, code: 98-901-0010-26 } } | { role: isbe, organization: { kind: state, code: ISBE } } | demo.yaml, people[Avery Example].assignments[2].organization.kind: "state" is not possible
an invented school that could be real | demo.yaml | 98-901-0010-26-0001 | 15-901-0010-26-0001 | demo.yaml, schools[15-901-0010-26-0001].code: could be real
an invented district that could be real | demo.yaml | code: 98-901-0010-26, name | code: 15-901-0010-26, name | demo.yaml, districts[15-901-0010-26].code: could be real
a range of invented codes that is no pattern | program.yaml | inventedPattern: ^9[89]- | inventedPattern: ^9[89 | program.yaml, directory.inventedPattern: is not a valid regular expression
`
  .trim()
  .split('\n')
  .map((line) => {
    const [what = '', file = '', from = '', to = '', told = ''] = line
      .split(' | ')
      .map((part) => part.replaceAll('\\n', '\n'));
    return { what, file, from, to, told };
  });
