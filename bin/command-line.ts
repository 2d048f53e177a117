/** Finds the command that the words name and reads its options. citty has the definitions and shows them. */
import { type ParseArgsConfig, parseArgs, stripVTControlCharacters } from 'node:util';
import { type ArgDef, type ArgsDef, renderUsage } from 'citty';
import { UsageError } from '../terminal/usage-error.ts';

type ParseArgsOptionsConfig = NonNullable<ParseArgsConfig['options']>;

/** An option or a word of a command. */
export type Arg = ArgDef & {
  /** Whether it may be repeated. @default false */
  readonly multiple?: boolean;
};

/** What the options and words of a call say, by name. */
export interface Values {
  readonly [name: string]: string | boolean | string[] | undefined;
}

export interface Command {
  readonly about: string;
  /** Options and words, in order. @default - none but `--help` */
  readonly args?: Readonly<Record<string, Arg>>;
  /** The commands below it. @default - none: it runs itself */
  readonly commands?: Readonly<Record<string, Command>>;
  /** Which of those runs when the call names none. @default - the call is answered with the usage */
  readonly standard?: string;
  /** Whether what follows `--` is a command of somebody else's, which `run` is given. @default false */
  readonly takesCommand?: boolean;
  /** @returns the exit code; 0 for none */
  readonly run?: (
    values: Values,
    command?: readonly string[],
  ) => Promise<number | undefined> | number | undefined;
}

/** A call that is not understood. */
const WRONG_CALL = 2;

const HELP = { help: { type: 'boolean', short: 'h' } } as const;

/** Runs the command that the words name. @returns the exit code */
export async function runCommandLine(name: string, root: Command, words: readonly string[]): Promise<number> {
  const { command, path, isAnswered } = find(name, root, words);
  if (isAnswered) {
    console.log(await usage(path, command));
    return 0;
  }
  try {
    const [own, foreign] = command.takesCommand ? cut(words) : [words, undefined];
    const { chosen, values } = read(command, path.length - 1, own);
    return (await chosen.run?.(values, foreign)) ?? 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(await usage(path, command));
    if (error.message) console.error(`\n${error.message}`);
    return WRONG_CALL;
  }
}

/** What stands before the first `--`, and what after it. @throws UsageError if there is one and nothing after it */
function cut(words: readonly string[]) {
  const at = words.indexOf('--');
  if (at === words.length - 1) throw new UsageError('-- is not followed by a command');
  return at < 0 ? ([words, []] as const) : ([words.slice(0, at), words.slice(at + 1)] as const);
}

/** Goes down as far as the words name commands. */
function find(name: string, root: Command, words: readonly string[]) {
  const options = { ...allOptions(root), ...HELP };
  const { values, positionals } = parseArgs({
    args: [...words],
    options,
    strict: false,
    allowPositionals: true,
  });
  let command = root;
  const path = [name];
  for (const word of positionals) {
    const next = commandOf(command, word);
    if (!next) break;
    command = next;
    path.push(word);
  }
  return { command, path, isAnswered: values.help === true };
}

const commandOf = ({ commands = {} }: Command, word: string) =>
  Object.hasOwn(commands, word) ? commands[word] : undefined;

/** The options and words of the command itself, or of the one that runs when none is named. */
function read(command: Command, depth: number, words: readonly string[]) {
  const chosen = command.standard ? command.commands![command.standard]! : command;
  if (!chosen.run) throw new UsageError();
  const { values, positionals } = strictly(words, { ...optionsOf(chosen), ...HELP });
  const names = Object.entries(chosen.args ?? {})
    .filter(([, { type }]) => type === 'positional')
    .map(([name]) => name);
  const given = positionals.slice(depth);
  if (given.length > names.length) throw new UsageError(`${given[names.length]} is not understood here`);
  for (const name of names.slice(given.length)) {
    if (chosen.args![name]!.required !== false) throw new UsageError(`<${name}> is missing`);
  }
  return { chosen, values: { ...values, ...Object.fromEntries(given.map((word, i) => [names[i], word])) } };
}

function strictly(words: readonly string[], options: ParseArgsOptionsConfig) {
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true });
  } catch (error) {
    // What follows the first sentence is about words that begin with a dash.
    throw new UsageError((error as Error).message.split('. ')[0]);
  }
}

const optionsOf = ({ args = {} }: Command): ParseArgsOptionsConfig =>
  Object.fromEntries(
    Object.entries(args)
      .filter(([, { type }]) => type !== 'positional')
      .map(([name, { type, multiple = false }]) => [
        name,
        { type: type === 'boolean' ? 'boolean' : 'string', multiple },
      ]),
  );

const allOptions = (command: Command): ParseArgsOptionsConfig =>
  Object.assign(optionsOf(command), ...Object.values(command.commands ?? {}).map(allOptions));

async function usage(path: readonly string[], command: Command): Promise<string> {
  const { about: description, args = {}, commands = {} } = command;
  const subCommands = Object.fromEntries(
    Object.entries(commands).map(([name, { about }]) => [name, { meta: { description: about } }]),
  );
  const standard = command.standard ? (commands[command.standard]!.args ?? {}) : {};
  const text = await renderUsage({
    meta: { name: path.join(' '), description },
    args: { ...standard, ...args } as ArgsDef,
    ...(Object.keys(commands).length > 0 ? { subCommands } : {}),
  });
  const shown = process.stdout.isTTY && !process.env.NO_COLOR ? text : stripVTControlCharacters(text);
  return shown.replace(/ +$/gm, '').trimEnd();
}
