/** `Promise.withResolvers`, which Node.js 20 lacks: what applications install runs there too. */
export function deferred<Result>(): PromiseWithResolvers<Result> {
  const made = {} as PromiseWithResolvers<Result>;
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  return made;
}
