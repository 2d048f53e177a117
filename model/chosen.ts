/**
 * What a user says, with every choice made: no property may be left out. Those that stay open, because nothing is the
 * choice, hold `undefined`.
 */
export type Chosen<Said, Open extends keyof Said = never> = {
  readonly [Property in keyof Required<Said>]: Property extends Open
    ? Said[Property] | undefined
    : Exclude<Said[Property], undefined>;
};
