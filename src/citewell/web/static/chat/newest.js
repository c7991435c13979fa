// The order of dated things.

/**
 * Sort by date, the newest first; those without a date are last, and equal dates stay in their order.
 * @template {{ date: string, rank: number }} Dated
 * @param {Dated[]} dated
 * @returns {Dated[]}
 */
export function newestFirst(dated) {
  return [...dated].sort((one, other) => {
    if (!one.date !== !other.date) return one.date ? -1 : 1;
    return other.date.localeCompare(one.date) || one.rank - other.rank;
  });
}
