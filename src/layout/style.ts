/** The colours and measures of the U.S. Web Design System; contrast is at least 4.5 to 1. */
export const STYLE = `
:root { color-scheme: light; }
body { margin: 0; font: 1.0625rem/1.5 system-ui, sans-serif; color: #1b1b1b; background: #fff; overflow-wrap: break-word; }
header { display: flex; flex-wrap: wrap; gap: 0 1rem; justify-content: space-between; box-sizing: border-box;
  padding: .5rem max(1rem, 50% - 22rem + 1rem); background: #1a4480; color: #fff; }
header p { margin: 0; font-weight: 700; }
header a { color: #fff; }
main { margin: 0 auto; max-width: 42rem; padding: 1rem 1rem 3rem; outline: 0; }
h1 { font-size: 1.75rem; line-height: 1.25; margin: .5rem 0; }
h2 { font-size: 1.25rem; margin: 2rem 0 .5rem; }
h3 { font-size: 1.0625rem; margin: 1.5rem 0 .5rem; }
a { color: #005ea2; }
label { display: block; margin-top: 1rem; font-weight: 700; }
input:not([type=checkbox], [type=hidden]), textarea, select { display: block; box-sizing: border-box; width: 100%; max-width: 30rem;
  margin: .25rem 0 1rem; padding: .5rem; font: inherit; color: inherit; background: #fff; border: 1px solid #565c65; border-radius: 0; }
input[type=date], input[type=number] { max-width: 14rem; }
input[aria-invalid], textarea[aria-invalid], select[aria-invalid] { border: .25rem solid #b50909; }
fieldset { margin: 1rem 0; padding: 0; border: 0; min-width: 0; }
legend { padding: 0; font-weight: 700; }
.check { display: flex; gap: .5rem; align-items: start; margin: 1rem 0; }
.check label { margin: 0; font-weight: 400; }
.check input { flex: none; width: 1.25rem; height: 1.25rem; margin: .125rem 0; }
.hint, .fault { margin: 0; }
.hint { color: #565c65; }
.fault { color: #b50909; font-weight: 700; }
button, .button { display: inline-block; padding: .625rem 1.25rem; font: inherit; font-weight: 700; line-height: 1.2;
  color: #fff; background: #005ea2; border: 0; border-radius: .25rem; text-decoration: none; cursor: pointer; }
button:hover, .button:hover { background: #1a4480; }
button.plain { padding: .25rem .75rem; color: #005ea2; background: #fff; box-shadow: inset 0 0 0 2px #005ea2; }
:focus-visible { outline: .25rem solid #2491ff; outline-offset: 2px; }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: .5rem; top: .5rem; padding: .5rem; background: #fff; color: #005ea2; }
.alert, .success { border-left: .5rem solid #b50909; background: #f4e3db; padding: .75rem 1rem; margin: 1rem 0; }
.success { border-color: #00a91c; background: #ecf3ec; }
.alert > p { margin: 0; }
.status { border-left: .5rem solid #005ea2; background: #eff6fb; padding: .75rem 1rem; }
.status.done { border-color: #00a91c; background: #ecf3ec; }
.status.late { border-color: #b50909; background: #f4e3db; color: #1b1b1b; font-weight: 400; }
.crumb { margin: 0; }
.note { color: #565c65; }
.happened { border-left: .25rem solid #a9aeb1; padding-left: .75rem; margin: .75rem 0; }
.happened > * { margin: .25rem 0; }
.said { white-space: pre-line; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: .5rem 0; }
dt { color: #565c65; }
dd { margin: 0; }
details { border-bottom: 1px solid #dfe1e2; }
summary { padding: .75rem 0; color: #005ea2; font-weight: 700; cursor: pointer; }
ul.plain { list-style: none; padding: 0; margin: 0; }
ul.plain > li { padding: .5rem 0; border-bottom: 1px solid #dfe1e2; }
.pairs > li { display: flex; flex-wrap: wrap; gap: 0 1rem; }
.pairs > li > * { flex: 1 1 16rem; }
li form { display: inline-block; margin-left: .5rem; }
.late { color: #b50909; font-weight: 700; }
`;
