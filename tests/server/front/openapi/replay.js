// SPDX-License-Identifier: GPL-3.0-or-later
// Is the description a valid one, and is it true? Each answer must be one that it tells of; each request that
// was answered with success must be one that it allows; and each operation must have been met.
import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const [descriptionPath, ...rest] = process.argv.slice(2);
const trafficPaths = rest.filter(a => !a.startsWith('--'));
const description = JSON.parse(readFileSync(descriptionPath, 'utf8'));
const problems = [];

const validity = await new Validator().validate(structuredClone(description));
if (!validity.valid)
  problems.push(`the description itself: ${JSON.stringify(validity.errors)}`);

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats(ajv);
ajv.addSchema(description, 'api');
const compiled = new Map();

const pointer = (...parts) =>
  '#/' + parts.map(p => encodeURIComponent(p.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/');

function check(where, value) {
  if (!compiled.has(where))
    compiled.set(where, ajv.compile({ $ref: `api${where}` }));
  const validate = compiled.get(where);
  return validate(value) ? null : ajv.errorsText(validate.errors);
}

const resolve = thing =>
  thing.$ref ? thing.$ref.slice(2).split('/').reduce((at, key) => at[key], description) : thing;

function findPath(path) {
  for (const template of Object.keys(description.paths)) {
    const pattern = new RegExp(`^${template.replace(/\{[^}]+\}/g, '([^/]+)')}$`);
    const match = path.match(pattern);
    if (match)
      return { template, value: match[1] };
  }
  return null;
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function checkRequest(line, operation, found) {
  const at = ['paths', found.template, line.method.toLowerCase()];
  const parameters = (operation.parameters ?? []).map(resolve);
  for (const name of Object.keys(line.query))
    if (!parameters.some(p => p.in === 'query' && p.name === name))
      return `the parameter ${name} is not described`;
  for (const parameter of parameters) {
    const text = parameter.in === 'query' ? line.query[parameter.name] :
      parameter.in === 'header' ? line.headers[parameter.name.toLowerCase()] : found.value;
    if (text === undefined) {
      if (parameter.required)
        return `the parameter ${parameter.name} is missing`;
      continue;
    }
    const value = parameter.schema.type === 'integer' ? Number(text) : text;
    if (!ajv.validate(parameter.schema, value))
      return `the parameter ${parameter.name}: ${ajv.errorsText()}`;
  }
  const content = operation.requestBody?.content;
  if (content?.['application/json'])
    return check(pointer(...at, 'requestBody', 'content', 'application/json', 'schema'), parse(line.body));
  return null;
}

function checkAnswer(line, operation, found) {
  const at = ['paths', found.template, line.method.toLowerCase(), 'responses'];
  const key = [String(line.status), `${String(line.status)[0]}XX`].find(k => operation.responses[k]);
  if (!key)
    return `the status ${line.status} is not described`;
  const response = resolve(operation.responses[key]);
  const type = (line.answer_headers['content-type'] ?? '').split(';')[0];
  for (const [name, header] of Object.entries(response.headers ?? {}))
    if (header.required && line.answer_headers[name.toLowerCase()] === undefined)
      return `the header ${name} is missing`;
  if (!response.content || line.method === 'HEAD')
    return line.answer === '' ? null : 'there is a body';
  if (!response.content[type])
    return `the type ${type} is not described`;
  if (type !== 'application/json')
    return null;
  const where = operation.responses[key].$ref ? operation.responses[key].$ref.slice(2).split('/') : [...at, key];
  return check(pointer(...where, 'content', type, 'schema'), parse(line.answer));
}

const met = new Set();
let lines = 0;
for (const path of trafficPaths)
  for (const text of readFileSync(path, 'utf8').split('\n').filter(t => t !== '')) {
    const line = JSON.parse(text);
    const found = findPath(line.path);
    const operation = found && description.paths[found.template][line.method.toLowerCase()];
    let problem = null;
    lines += 1;
    if (!operation)
      problem = line.status >= 400 && line.status < 500 ? null : 'it is not described and was answered';
    else {
      met.add(`${line.method} ${found.template} ${line.status < 400 ? 'done' : 'refused'}`);
      problem = checkAnswer(line, operation, found);
      if (!problem && line.status < 400 && (problem = checkRequest(line, operation, found)))
        problem = `it was done, but ${problem}`;
    }
    if (problem)
      problems.push(`${line.method} ${line.path} ${line.status}: ${problem}\n  ${line.body?.slice(0, 200)}\n  ${line.answer.slice(0, 300)}`);
  }

// With --all, the traffic must show each operation done.
if (rest.includes('--all'))
  for (const [template, methods] of Object.entries(description.paths))
    for (const method of Object.keys(methods))
      if (!met.has(`${method.toUpperCase()} ${template} done`))
        problems.push(`${method} ${template} was never met`);

for (const problem of problems.slice(0, 20))
  console.error(problem);
console.log(`${lines} requests, ${problems.length} problems; met: ${[...met].sort().join(', ')}`);
process.exit(problems.length === 0 && lines > 0 ? 0 : 1);
