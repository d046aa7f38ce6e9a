/** An object with some of its methods replaced. The rest stays its own, with what it keeps to itself. */
export function over<T extends object>(inner: T, changes: Partial<T>): T {
  return new Proxy(inner, {
    get(target, key) {
      if (Object.hasOwn(changes, key)) return Reflect.get(changes, key);
      const value: unknown = Reflect.get(target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
