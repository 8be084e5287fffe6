#!/usr/bin/env node
'use strict';
// Starts driftline on Node 24 or later, whatever Node runs this file: in this process where it is
// new enough, else in the Node that the package `node` brings. Syntax and modules of Node 12 only.

const { spawn } = require('child_process');
const { existsSync, readFileSync } = require('fs');
const { constants } = require('os');
const { dirname, join } = require('path');
const { pathToFileURL } = require('url');

const needed = 24;

const majorOf = (version) => Number(version.split('.')[0]);

function fail(lines) {
  process.stderr.write('driftline: ' + lines.join('\n  ') + '\n');
  process.exit(2);
}

/** `folder` and its ancestors, nearest first. */
function upward(folder) {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder].concat(upward(parent));
}

/** Every installed `node` package in sight: `{ version, binary, present }`. */
function installedNodes() {
  const file = process.platform === 'win32' ? 'node.exe' : 'node';
  return upward(__dirname)
    .concat(upward(process.cwd()))
    .map((folder) => join(folder, 'node_modules', 'node'))
    .filter((home) => existsSync(join(home, 'package.json')))
    .map((home) => {
      const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
      const binary = join(home, 'bin', file);
      return { version, binary, present: existsSync(binary) };
    });
}

/** The program: the sources of a checkout, else the build of an installed package. */
function program() {
  const source = join(__dirname, 'main.ts');
  const built = join(__dirname, '..', 'dist', 'main.js');
  if (existsSync(source)) return source;
  if (existsSync(built)) return built;
  return fail([
    'the program is not there: neither ' + source + ' nor ' + built + ' exists.',
    'In a checkout run "npm run build"; otherwise install the package again.',
  ]);
}

function runHere() {
  const emitWarning = process.emitWarning;
  process.emitWarning = function (warning, ...rest) {
    const text = String((warning && warning.message) || warning);
    if (!/^Type Stripping is an experimental feature/.test(text)) {
      emitWarning.call(process, warning, ...rest);
    }
  };
  return import(pathToFileURL(program()).href);
}

function runIn(binary) {
  const child = spawn(binary, [__filename].concat(process.argv.slice(2)), { stdio: 'inherit' });
  const terminal = Boolean(process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY);
  const handlers = {
    SIGTERM: () => child.kill('SIGTERM'),
    // A terminal sends these to the whole process group: the child has them already.
    SIGINT: () => terminal || child.kill('SIGINT'),
    SIGHUP: () => terminal || child.kill('SIGHUP'),
  };
  Object.keys(handlers).forEach((signal) => process.on(signal, handlers[signal]));
  child.on('error', (error) => fail(['cannot start ' + binary + ': ' + error.message]));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    Object.keys(handlers).forEach((name) => process.removeListener(name, handlers[name]));
    process.kill(process.pid, signal);
    // Still here: the signal is ignored in this process.
    setTimeout(() => process.exit(128 + constants.signals[signal]), 1000);
  });
}

function start() {
  if (majorOf(process.versions.node) >= needed) return runHere();
  const nodes = installedNodes();
  const usable = nodes.find((node) => node.present && majorOf(node.version) >= needed);
  if (usable) return runIn(usable.binary);
  const found = nodes.map(
    (node) =>
      'Found ' + node.binary + ' (' + node.version + (node.present ? ', too old).' : ', missing).'),
  );
  return fail([
    'needs Node ' + needed + ' or later; this is Node ' + process.versions.node + '.',
    ...found,
    'Run it with a newer Node, or install one beside it: npm install node@' + needed,
    'Where npm blocks install scripts, allow this one first: npm install-scripts approve node',
  ]);
}

start();
