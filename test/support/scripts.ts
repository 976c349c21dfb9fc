/** Two hundred texts that want to be markup and run. */
export function scripts(): string[] {
  return Array.from({ length: 20 }, (_, n) => `alert(${n})`).flatMap((run) =>
    SHELLS.map((shell) => shell(run)),
  );
}

const SHELLS: ((run: string) => string)[] = [
  (run) => `<script>${run}</script>`,
  (run) => `"><script>${run}</script>`,
  (run) => `'><svg/onload=${run}>`,
  (run) => `</title><script>${run}</script>`,
  (run) => `</style><img src=x onerror="${run}">`,
  (run) => `</pre><iframe srcdoc="<script>${run}</script>">`,
  (run) => `" onmouseover="${run}" x="`,
  (run) => `<a href="javascript:${run}">x</a>`,
  (run) => `<!--><script>${run}</script>-->`,
  (run) => `<ScRiPt\n>${run}</sCrIpT>`,
];
