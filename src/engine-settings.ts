import { setFlagsFromString } from 'node:v8';

/**
 * V8 comes to make objects that have outlived some collections in the old generation at once, by the place in the code
 * that makes them. In a third of the processes it then chose what a unit holds for a moment: with each such object all it
 * refers to, parsed records too, waited for a full collection (7 KB an event instead of 2, twice the time of young
 * collections, 70 to 100 MB more memory). Modules of Node that are loaded later are compiled without their cache, which
 * takes milliseconds.
 */
export const keepYoungObjectsYoung = (): void =>
  setFlagsFromString('--no-allocation-site-pretenuring');
