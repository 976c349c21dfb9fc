/** The colours and measures of the U.S. Web Design System; contrast is at least 4.5 to 1. */
export const STYLE = `
:root { color-scheme: light; }
body { margin: 0; font: 1.0625rem/1.5 system-ui, sans-serif; color: #1b1b1b; background: #fff; }
header { background: #1a4480; color: #fff; padding: .5rem 1rem; }
header p { margin: 0 auto; max-width: 44rem; font-weight: 700; }
main { margin: 0 auto; max-width: 44rem; padding: 1rem; outline: 0; }
h1 { font-size: 1.75rem; line-height: 1.25; }
h2 { font-size: 1.25rem; margin: 2rem 0 .5rem; }
a { color: #005ea2; }
label { display: block; margin-top: 1rem; font-weight: 700; }
input[type=email] { display: block; box-sizing: border-box; width: 100%; max-width: 30rem; margin: .25rem 0 1rem;
  padding: .5rem; font: inherit; border: 1px solid #565c65; border-radius: 0; }
button, .button { display: inline-block; padding: .625rem 1.25rem; font: inherit; font-weight: 700; line-height: 1.2;
  color: #fff; background: #005ea2; border: 0; border-radius: .25rem; text-decoration: none; cursor: pointer; }
button:hover, .button:hover { background: #1a4480; }
button.plain { padding: .25rem .75rem; color: #005ea2; background: #fff; box-shadow: inset 0 0 0 2px #005ea2; }
:focus-visible { outline: .25rem solid #2491ff; outline-offset: 2px; }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: .5rem; top: .5rem; padding: .5rem; background: #fff; }
.alert { border-left: .5rem solid #b50909; background: #f4e3db; padding: .75rem 1rem; }
.note { color: #565c65; }
ul.plain { list-style: none; padding: 0; }
ul.plain > li { padding: .5rem 0; border-bottom: 1px solid #dfe1e2; }
li form { display: inline-block; margin-left: .5rem; }
.late { color: #b50909; font-weight: 700; }
`;
