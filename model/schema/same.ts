/** For the compiler alone: a schema and the type that users see have the same properties. */

/** A type without `readonly`, at every depth. */
type Plain<T> = T extends readonly (infer Item)[]
  ? Plain<Item>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Plain<T[Key]> }
    : T;

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Whether what a schema lets through is just what a type allows. */
export type Same<Output, Type> = Equal<Plain<Output>, Plain<Type>>;

/** Does not compile unless it is given `true`. */
export type Assert<T extends true> = T;
