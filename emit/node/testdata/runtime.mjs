// Answers questions, one JSON value a line, with the runtime's functions, whose
// text comes first.
import readline from "node:readline";
import vm from "node:vm";

const matchers = [];
for await (const line of readline.createInterface({ input: process.stdin })) {
  const { runtime, literal, patterns, set, origin, url } = JSON.parse(line);
  let answer = "";
  if (runtime !== undefined) vm.runInThisContext(runtime);
  if (literal !== undefined) answer = [...vm.runInThisContext(literal)].map((c) => c.codePointAt(0));
  if (patterns !== undefined) matchers.push(vm.runInThisContext("$origins")(patterns.filter(isExact), patterns.filter((p) => !isExact(p))));
  if (origin !== undefined) answer = matchers[set ?? 0](origin);
  if (url !== undefined) answer = vm.runInThisContext("$path")(url) ?? null;
  console.log(JSON.stringify(answer));
}

function isExact(pattern) {
  return !/[*{]/.test(pattern);
}
