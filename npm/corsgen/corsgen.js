#!/usr/bin/env node
// Runs corsgen. The program itself is in a package for each platform, of which npm
// installs the one that fits: they are the optional dependencies of this package.
"use strict";

const { spawn } = require("node:child_process");
const { constants } = require("node:os");
const { optionalDependencies, version } = require("./package.json");

const platform = `@corsgen/${process.platform}-${process.arch}`;
const program = find(process.platform === "win32" ? "corsgen.exe" : "corsgen");
if (program) run(program);

function find(name) {
  try {
    return require.resolve(`${platform}/bin/${name}`);
  } catch {
    return fail(platform in optionalDependencies
      ? `the package ${platform}@${version}, which holds the program for this platform, is not installed. npm leaves it out with --omit=optional, and where node_modules or package-lock.json come from another platform: delete both and run npm install.`
      : `there is no package with the program for this platform, ${platform}. With Go installed, go install github.com/corsgen/corsgen/cmd/corsgen@latest builds it.`);
  }
}

function run(program) {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  const pass = (signal) => child.kill(signal);
  for (const signal of signals) process.on(signal, pass); // first, so that none ends this process alone
  const child = spawn(program, process.argv.slice(2), { stdio: "inherit" });
  child.on("error", (error) => fail(`${program} cannot be run: ${error.message}.`));
  child.on("exit", (status, signal) => {
    for (const signal of signals) process.off(signal, pass);
    process.exitCode = signal ? 128 + constants.signals[signal] : status; // as shells count
    if (signal) process.kill(process.pid, signal); // to end as the program did, unless Node ignores it
  });
}

function fail(sentence) {
  console.error(`corsgen: ${sentence}`);
  process.exitCode = 2;
}
