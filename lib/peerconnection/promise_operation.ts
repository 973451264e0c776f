/**
 * Runs the body of an operation that returns a promise: what it throws (a wrong `this`, an argument that does not
 * convert) becomes a rejection, as Web IDL has it for such operations.
 */
export function promiseOperation<T>(body: () => Promise<T>): Promise<T> {
  try {
    return body();
  } catch (error) {
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- passed on as it came
    return Promise.reject(error);
  }
}
