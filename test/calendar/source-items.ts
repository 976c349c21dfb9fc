/**
 * What ISBE's table asks of whom, counted by hand from the table and apart from the calendar's files:
 * `nov-2: 'coordinator 2'` stands for the items nov-2/coordinator/1 and nov-2/coordinator/2.
 */
const asked: Record<string, string> = {
  'oct-1': 'isbe 2, district 2, principal 2, vendor 1',
  'nov-1': 'district 1, principal 1, slt 1',
  'nov-2': 'coordinator 2, isbe 1, district 1, principal 1',
  'nov-3': 'coordinator 1, district 1, principal 1',
  'nov-4': 'coordinator 3, district 3, principal 3, slt 1',
  'nov-5': 'district 2, principal 1, vendor 4',
  'nov-6': 'coordinator 1, isbe 1, district 1, principal 1, slt 1',
  'dec-1': 'coordinator 2, district 2, principal 2, slt 1',
  'dec-2': 'district 1, principal 1, vendor 1',
  'dec-3': 'district 1',
  'dec-4': 'coordinator 1, district 1',
  'dec-5': 'isbe 1, district 1, principal 1, slt 1',
  'dec-6': 'district 1, principal 1, slt 1, vendor 1',
  'jan-1': 'coordinator 3, district 1, principal 2, slt 1',
  'feb-1': 'coordinator 1, district 1, principal 1, slt 1',
  'feb-2': 'isbe 1, district 1',
  'feb-3': 'district 1, principal 1, vendor 1',
  'mar-1': 'coordinator 2, district 1, principal 1, slt 1',
  'mar-2': 'coordinator 1, district 1',
  'mar-3': 'district 1, principal 1, vendor 1',
  'mar-4': 'isbe 2, district 2, principal 2',
  'apr-1': 'coordinator 2, district 1, principal 1, slt 1',
  'apr-2': 'district 1',
  'apr-3': 'district 1, principal 1, vendor 1',
  'may-1': 'coordinator 3, district 3, principal 3, slt 2, vendor 1',
  'may-2': 'coordinator 1, isbe 1, district 1, principal 1',
  'may-3': 'isbe 1, district 1, principal 1, slt 1',
  'may-4': 'district 1, principal 1',
  'jun-1': 'coordinator 1, district 3, principal 3, slt 2',
  'jun-2': 'coordinator 1, district 1, principal 1, slt 1',
  'jun-3': 'coordinator 1, principal 1, district 1',
  'jun-4': 'district 1',
  'jul-1': 'coordinator 2, district 1, principal 1',
  'jul-2': 'coordinator 2, district 2, principal 1, slt 1',
  'jul-3': 'district 1',
};

const months: Record<string, number> = {
  oct: 10,
  nov: 11,
  dec: 12,
  jan: 1,
  feb: 2,
  mar: 3,
  apr: 4,
  may: 5,
  jun: 6,
  jul: 7,
};

export const sourceActivities = Object.keys(asked);

/** The 152 items, each with its role and month. */
export const sourceItems = Object.entries(asked).flatMap(([activity, cells]) =>
  cells.split(', ').flatMap((cell) => {
    const [role = '', count] = cell.split(' ');
    return Array.from({ length: Number(count) }, (_, index) => ({
      id: `${activity}/${role}/${index + 1}`,
      activity,
      role,
      month: months[activity.slice(0, 3)]!,
    }));
  }),
);

/** A word by which each monthly topic is known, in the source's order. */
export const sourceTopics: Record<string, string[]> = {
  'nov-4': ['Name a school leadership team', 'SLT', 'IQFSR'],
  'dec-1': ['needs assessment', 'IQFSR', 'SLT'],
  'jan-1': ['needs assessment', 'Finalize the IQFSR', 'January 31', 'SLT'],
  'feb-1': ['SLT'],
  'mar-1': ['stakeholder advisory group', 'SLT'],
  'apr-1': ['SLT', 'equity'],
  'may-1': ['report', 'root cause', 'Priorities'],
  'jun-1': [
    'SMART goals',
    'action plan',
    'staff',
    'Evidence-based',
    'milestones',
    'assessments',
    'monitoring plan',
    'stakeholders',
  ],
  'jul-1': ['board', 'grant'],
};

/** The linked resources, by the title that the source gives them. */
export const sourceResources: Record<string, string[]> = {
  'oct-1': ['Annual Summative Designation'],
  'nov-1': ['School Improvement On-demand Learning Series 1'],
  'nov-4': [
    'Monthly Topics & Tasks for ISL and CSI Planning Year',
    'School Leadership Team guidance document',
    'School Leadership Team On-demand video',
    'School Leadership Team video presentation',
    'Illinois Quality Framework Supporting Rubric (IQFSR)',
    'Facilitating the IQFSR',
  ],
  'dec-6': ['School Improvement On-demand Learning Series 2'],
  'jan-1': ['IWAS Reporting System Guidance for the IQFSR'],
  'mar-1': ['Identifying a Stakeholder Advisory Group'],
  'may-1': ['Conducting a Root Cause Analysis'],
  'jun-1': [
    'The Importance of SMART Goals',
    'Finding Evidence-based Practices',
    'Elementary SIP Example',
    'Middle School SIP Example',
    'High School SIP Example',
    'Downloadable SIP template: Select Comprehensive School and Plan for School Improvement',
  ],
  'jul-2': ['Learning Partner Selection Rubric'],
};
