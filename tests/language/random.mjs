// Reproducible random numbers: a generator is made from words, such as a seed, a schema and a number.

// Hashes words into 32 bits (FNV-1a).
const hash = (words) => {
  let bits = 0x811c9dc5;
  for (const code of Buffer.from(words.join('\0'))) bits = Math.imul(bits ^ code, 0x01000193);
  return bits >>> 0;
};

export class Random {
  #state;

  constructor(...words) {
    this.#state = hash(words);
  }

  // A number from 0 to below 1 (mulberry32).
  next() {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let bits = this.#state;
    bits = Math.imul(bits ^ (bits >>> 15), bits | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  }

  // A whole number from 0 to below `end`.
  below(end) {
    return Math.floor(this.next() * end);
  }

  // A whole number from `first` to `last`, both included.
  between(first, last) {
    return first + this.below(last - first + 1);
  }

  chance(probability) {
    return this.next() < probability;
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  // The value of one of the `[weight, value]` pairs.
  weighted(pairs) {
    let left = this.next() * pairs.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, value] of pairs) {
      left -= weight;
      if (left < 0) return value;
    }
    return pairs.at(-1)[1];
  }
}
