import { daysToAim, type Forms, grammarOf } from './grammar.ts';
import type { Messages } from './messages.en.ts';
import type { Unit } from './model.ts';

const { longDate, dayAndMonth, monthName, list, inDays, count, form } = grammarOf('es-US');

const PLACES: Record<Unit, Forms> = {
  school: { one: 'escuela', other: 'escuelas' },
  district: { one: 'distrito', other: 'distritos' },
  mixed: { one: 'lugar', other: 'lugares' },
};
const ADDRESSES: Forms = { one: 'dirección de correo', other: 'direcciones de correo' };
const NEED: Forms = { one: 'requiere', other: 'requieren' };
const TASKS: Forms = { one: 'tarea', other: 'tareas' };
const LATE: Forms = { one: 'atrasada', other: 'atrasadas' };

/** The words of the mails in Spanish. Titles come from the calendar, in its own language. */
export const spanish: Messages = {
  language: 'es',
  name: 'Español',

  subject: ({ late, today, soon, month }, on, where) =>
    `${
      [
        late > 0 && `${late} ${form(late, LATE)}`,
        today > 0 && `${today} para hoy`,
        soon > 0 && `${soon} por vencer`,
      ]
        .filter(Boolean)
        .join(', ') ||
      (month > 0 ? `Sus tareas de ${monthName(on)}` : 'Funciones sin persona asignada')
    }: ${where}`,
  places: (places, unit) => count(places, PLACES[unit]),

  greeting: (name) => `Hola, ${name}:`,
  summary: ({ late, today, soon, month }, on, where) => {
    const counted = [
      { tasks: late, are: form(late, LATE) },
      { tasks: today, are: 'para hoy' },
      { tasks: soon, are: 'por vencer' },
      { tasks: month, are: `en la lista de ${monthName(on)}` },
    ].filter(({ tasks }) => tasks > 0);
    const parts = counted.map(
      ({ tasks, are }, at) => `${at === 0 ? count(tasks, TASKS) : tasks} ${are}`,
    );
    return parts.length > 0
      ? `Al ${longDate(on)}, en ${where}: ${list(parts)}.`
      : `Al ${longDate(on)}, en ${where}: hay funciones sin persona asignada.`;
  },

  waitingOnYou: 'Esperan por usted',
  late: 'Atrasado',
  lateOf: (role, tasks) => `${role}, ${tasks} ${form(tasks, LATE)}`,
  dueToday: 'Vence hoy',
  dueSoon: 'Vence pronto',
  month: (on) => `Sus tareas de ${monthName(on)}`,
  waiting: 'Depende de otras personas',
  unreached: 'Funciones sin persona asignada',

  waitsOn: (roles) => (roles.length > 0 ? `espera a ${list(roles)}:` : 'espera:'),
  comesAfter: 'va después de su propia tarea:',
  holdsUp: (roles) => `detiene a ${list(roles)}:`,
  holdsUpYours: 'detiene su propia tarea:',

  unset: 'Fechas por fijar',
  setDate: (parameter) =>
    `Fije la fecha de este año en los parámetros${parameter === null ? '' : `: ${parameter}`}`,
  unsetSubject: (tasks, where) =>
    `${count(tasks, { one: 'fecha', other: 'fechas' })} por fijar: ${where}`,
  unsetSummary: (on, tasks, where) =>
    `Al ${longDate(on)}, en ${where}: ${count(tasks, TASKS)} sin fecha. De una tarea sin fecha nadie recibe recordatorios.`,

  refused: 'Direcciones de correo que requieren atención (cada enlace dice qué hacer)',
  refusedOf: (name, roles) => `${name} (${list(roles)})`,
  refusedBy: (address, said, reason) =>
    ({
      refused: `${address} no recibe correo: el servidor dijo «${said}»`,
      bounced: `${address} no recibe correo: el servidor dijo «${said}»`,
      undelivered: `un correo a ${address} no llegó: el servidor dijo «${said}»`,
      complained: `${address}: un correo fue marcado como spam. Solo se envía lo que tiene fecha`,
    })[reason],
  refusedSubject: (addresses) => `${count(addresses, ADDRESSES)} ${form(addresses, NEED)} atención`,
  refusedSummary: (on, addresses) =>
    `Al ${longDate(on)}, ${count(addresses, ADDRESSES)} ${form(addresses, NEED)} atención. Es posible que los recordatorios no lleguen a ${form(addresses, { one: 'esta persona', other: 'estas personas' })}.`,

  when: (dueOn, daysLeft, safeBy, kind = 'deadline') => {
    if (dueOn === null || daysLeft === null) return 'Fecha por anunciar';
    const day = `el ${longDate(dueOn)}, ${inDays(daysLeft)}`;
    if (daysLeft < 0) return kind === 'occasion' ? `fue ${day}` : `venció ${day}`;
    const when = kind === 'occasion' ? day : `vence ${day}`;
    const aim = daysToAim(dueOn, daysLeft, safeBy);
    return aim === null
      ? when
      : `${when}; procure terminar ${aim === 0 ? 'hoy' : `el ${longDate(safeBy!)}`}`;
  },
  wasDue: (dueOn) => `venció el ${dayAndMonth(dueOn)}`,
  at: (places) => `en ${places}`,
  unreachedRole: (role, tasks) => `${role}: sin persona asignada; ${count(tasks, TASKS)} en espera`,
  more: (more) => `y ${more} más`,
  inShort: (unit) => `Sus ${PLACES[unit].other} de un vistazo, primero lo más urgente`,
  morePlaces: (places, unit) => `y ${count(places, PLACES[unit])} más`,
  short: ({ late, today, soon, month }, unreached) =>
    list(
      [
        late > 0 && `${late} ${form(late, LATE)}`,
        today > 0 && `${today} para hoy`,
        soon > 0 && `${soon} por vencer`,
        month > 0 && `${month} para este mes`,
        unreached > 0 && `${count(unreached, { one: 'función', other: 'funciones' })} sin asignar`,
      ].filter((part) => part !== false),
    ),

  calendar: 'Las fechas van adjuntas en un archivo de calendario.',
  why: (roles, programs) =>
    `Recibe este correo porque figura como ${list(roles)} en ${list(programs)}. Llega uno al día como máximo.`,
  notYours: (agencies, answered) =>
    answered
      ? '¿Tiene preguntas? ¿No es para usted? Responda a este correo: llega a su coordinador.'
      : `¿No es para usted? Avise a ${list(agencies)}.`,
  choose: (url) => `Elija qué correos recibe: ${url}`,
  optional:
    'Para no recibir más correos como este, use «cancelar suscripción» en su programa de correo.',

  event: {
    summary: (title, place) => `Vence: ${title} (${place})`,
    safeBy: (date) => `Procure terminar el ${longDate(date)}.`,
  },
  feed: (name) => `Fechas límite de ${name}`,

  signIn: {
    subject: 'Entrar al año de planificación',
    before:
      'Alguien, probablemente usted, pidió entrar con esta dirección. En los próximos diez minutos, abra este enlace en el mismo navegador y pulse allí el botón:',
    button: 'Entrar',
    after: 'Funciona una sola vez. ¿No fue usted? Ignore este correo: sin él nadie puede entrar.',
  },

  // The titles are the program's own, in English; the page lists them below.
  unsubscribe: {
    question: () => '¿Dejar de recibir estos correos?',
    button: 'Dejar de recibirlos',
    stopped: () => 'Ya no recibirá estos correos.',
    stoppedBefore: () => 'Ya había dejado de recibir estos correos.',
    undo: 'Deshacer',
    undone: () => 'Deshecho. Volverá a recibir estos correos.',
    always: 'Estos correos llegan siempre:',
    alwaysComes: [
      'fechas límite',
      'seminarios web y otros eventos con fecha',
      'lo que está atrasado',
      'avisos sobre la designación',
    ],
    others: 'Este enlace incluía también correos sobre fechas. Esos no se pueden desactivar.',
    never: 'Este correo no se puede desactivar',
    whyNever: 'Le avisa de fechas que no puede dejar pasar.',
    choose: 'Elegir qué correos recibe',
  },
};
