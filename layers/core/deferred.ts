export type Deferred<Result> = PromiseWithResolvers<Result>;

/** `Promise.withResolvers`, which Node.js 20 lacks: what applications install runs there too. */
export function deferred<Result>(): Deferred<Result> {
  const made = {} as Deferred<Result>;
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
}
