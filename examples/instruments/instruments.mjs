/**
 * Which notes there are: the instruments of each set as programs of General MIDI, numbered from 0. No two of `main`, and none
 * of `main` and one of `others`, are made of the same samples in any soundfont of the README (in small ones, viola is violin,
 * and church organ is oboe), and none is silent.
 */
export const sets = {
  main: {
    piano: 0,
    vibraphone: 11,
    'drawbar-organ': 16,
    'steel-guitar': 25,
    violin: 40,
    harp: 46,
    trumpet: 56,
    trombone: 57,
    'alto-sax': 65,
    oboe: 68,
    clarinet: 71,
    flute: 73,
  },
  others: {
    'electric-piano': 4,
    harpsichord: 6,
    celesta: 8,
    accordion: 21,
    harmonica: 22,
    'nylon-guitar': 24,
    'jazz-guitar': 26,
    strings: 48,
    'muted-trumpet': 59,
    brass: 61,
    'pan-flute': 75,
    sitar: 104,
  },
};

/** How hard the key is struck, 1 to 127. */
export const velocities = [50, 100];
