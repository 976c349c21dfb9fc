import { auditRoutes } from './audit/routes.ts';
import type { Context } from './context.ts';
import { contractRoutes } from './contracts/contract-routes.ts';
import { contractImportRoutes } from './contracts/import-routes.ts';
import { vendorRoutes } from './contracts/vendor-routes.ts';
import { writersCheck } from './db/writers.ts';
import {
  deliveryGauges,
  mailServerCheck,
  scanCheck,
  undeliveredCheck,
} from './delivery/heartbeat.ts';
import { mailHoldRoutes } from './delivery/hold-routes.ts';
import { refusedAddressRoutes } from './delivery/refused-routes.ts';
import { deliveryReportRoutes } from './delivery/report-routes.ts';
import { mailSettingsRoutes } from './delivery/settings-routes.ts';
import { suppressionRoutes } from './delivery/suppression-routes.ts';
import { calendarRoutes } from './feeds/calendar-routes.ts';
import { feedRoutes } from './feeds/routes.ts';
import type { App } from './http/app.ts';
import { roleCheck } from './http/role-check.ts';
import { createServer, type ServerOptions } from './http/server.ts';
import { jobRoutes } from './jobs/routes.ts';
import { keyRoutes } from './keys/routes.ts';
import { tellPeople } from './layout/page-scope.ts';
import { mailRoutes } from './mail/routes.ts';
import { quarantineCheck, quarantineGauge } from './mending/check.ts';
import { quarantineRoutes } from './mending/routes.ts';
import { noteRoutes } from './notes/routes.ts';
import { organizationRoutes } from './organizations/routes.ts';
import { addressPageRoutes } from './pages/address-routes.ts';
import { meRoutes } from './pages/me-routes.ts';
import { preferencesPageRoutes } from './pages/preferences-routes.ts';
import { taskPageRoutes } from './pages/task-routes.ts';
import { yearPageRoutes } from './pages/year-routes.ts';
import { assignmentRoutes } from './people/assignment-routes.ts';
import { assignmentImportRoutes } from './people/import-routes.ts';
import { personRoutes } from './people/person-routes.ts';
import { designationImportRoutes } from './planning-years/import-routes.ts';
import { parameterRoutes } from './planning-years/parameter-routes.ts';
import type { MailsOfYears } from './planning-years/planned-mail.ts';
import { planningYearRoutes } from './planning-years/routes.ts';
import { preferencesRoutes } from './preferences/routes.ts';
import { unsubscribeRoutes } from './preferences/unsubscribe-routes.ts';
import { programRoutes } from './programs/routes.ts';
import { mailsOfYears } from './reminders/mails-of-years.ts';
import { resendRoutes } from './reminders/resend-routes.ts';
import { reminderRoutes } from './reminders/routes.ts';
import { unreachedRoutes } from './reminders/unreached-routes.ts';
import { reorganizationRoutes } from './reorganization/routes.ts';
import { interventionRoutes } from './reports/intervention-routes.ts';
import { reportRoutes } from './reports/routes.ts';
import { schoolImportRoutes } from './schools/import-routes.ts';
import { schoolRoutes } from './schools/routes.ts';
import { identityRoutes } from './sign-in/identity-routes.ts';
import { linkRoutes } from './sign-in/link-routes.ts';
import { providerRoutes } from './sign-in/provider-routes.ts';
import { sessionOf } from './sign-in/session.ts';
import { signOut } from './sign-in/sign-out.ts';
import { taskRoutes } from './tasks/routes.ts';

/** The whole API, ready to listen. One line for each room: this list is the map. */
export async function buildApp(ctx: Context, options: ServerOptions = {}): Promise<App> {
  const app = await createServer(ctx, {
    sessionOf: (request) => sessionOf(ctx, request),
    tellPeople: tellPeople(ctx),
    checks: [
      scanCheck(ctx),
      mailServerCheck(ctx),
      undeliveredCheck(ctx),
      quarantineCheck(ctx),
      roleCheck(ctx),
      writersCheck(ctx),
    ],
    gauges: [...deliveryGauges(ctx), quarantineGauge(ctx)],
    ...options,
  });
  programRoutes(app, ctx);
  schoolRoutes(app, ctx);
  schoolImportRoutes(app, ctx);
  reorganizationRoutes(app, ctx);
  organizationRoutes(app, ctx);
  designationImportRoutes(app, ctx);
  const mailsOf: MailsOfYears = (trx, program, ids) => mailsOfYears(ctx, trx, program, ids);
  jobRoutes(app, ctx, mailsOf);
  parameterRoutes(app, ctx);
  planningYearRoutes(app, ctx, mailsOf);
  taskRoutes(app, ctx, mailsOf);
  noteRoutes(app, ctx);
  personRoutes(app, ctx, (trx, request, person) => signOut(ctx, trx, request, person));
  assignmentRoutes(app, ctx);
  assignmentImportRoutes(app, ctx);
  preferencesRoutes(app, ctx);
  unsubscribeRoutes(app, ctx);
  feedRoutes(app, ctx);
  calendarRoutes(app, ctx);
  vendorRoutes(app, ctx);
  contractRoutes(app, ctx);
  contractImportRoutes(app, ctx);
  keyRoutes(app, ctx);
  identityRoutes(app, ctx);
  linkRoutes(app, ctx, options.limits?.perSignIn);
  providerRoutes(app, ctx, options.limits?.perSignIn);
  meRoutes(app, ctx);
  preferencesPageRoutes(app, ctx);
  taskPageRoutes(app, ctx);
  yearPageRoutes(app, ctx);
  addressPageRoutes(app, ctx);
  reminderRoutes(app, ctx);
  unreachedRoutes(app, ctx);
  resendRoutes(app, ctx);
  reportRoutes(app, ctx);
  auditRoutes(app, ctx);
  interventionRoutes(app, ctx);
  mailHoldRoutes(app, ctx);
  mailSettingsRoutes(app, ctx);
  suppressionRoutes(app, ctx);
  refusedAddressRoutes(app, ctx);
  deliveryReportRoutes(app, ctx);
  mailRoutes(app, ctx);
  quarantineRoutes(app, ctx);
  await app.ready();
  return app;
}
