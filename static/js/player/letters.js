/** How letters are folded, as search does: made from recordings_site/base/letters.py, checked by a test. */

export const DROPPED = [[173, 173], [768, 879], [1425, 1479], [1552, 1564], [1600, 1600], [1611, 1631], [1648, 1648], [1750, 1756], [1759, 1764], [6155, 6159], [6832, 6911], [7616, 7679], [8203, 8207], [8234, 8238], [8288, 8303], [8400, 8447], [65024, 65039], [65279, 65279]];
export const APOSTROPHES = "'\u2019\u2018\u201b\u02bc\u02b9\u02bb\u02bd\u02be\u02bf\u2032`\u00b4\uff07\u05f3";
export const LETTERS = {"\u00f8": "o", "\u0142": "l", "\u0111": "d", "\u00f0": "d", "\u00fe": "th", "\u00e6": "ae", "\u0153": "oe", "\u0131": "i", "\u0127": "h", "\u0167": "t", "\u00df": "ss", "\u03c2": "\u03c3", "\u0629": "\u0647", "\u06c3": "\u0647", "\u06c1": "\u0647", "\u06be": "\u0647", "\u06d5": "\u0647", "\u0649": "\u064a", "\u06cc": "\u064a", "\u06a9": "\u0643", "\u0671": "\u0627"};
export const TRANSLITERATIONS = {"\u00e4": "ae", "\u00f6": "oe", "\u00f8": "oe", "\u00e5": "aa", "\u00fc": "ue", "\u0111": "dj"};
