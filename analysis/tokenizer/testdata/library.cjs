// Writes library.json: small tokenizers, and the tokens that Hugging Face's library tokenizers makes of texts.
//
// Run by hand, with the npm package tokenizers (0.23.2, Apache-2.0): node library.cjs > library.json

const {Tokenizer} = require('tokenizers');

// parts are all parts of texts, so that the number of a token says where a text was cut.
function parts(texts, longest) {
  const out = {'[UNK]': 0};
  for (const text of texts) {
    const chars = [...text];
    for (let i = 0; i < chars.length; i++) {
      for (let j = i + 1; j <= chars.length && j <= i + longest; j++) {
        const part = chars.slice(i, j).join('');
        if (!(part in out)) out[part] = Object.keys(out).length;
      }
    }
  }
  return out;
}

const words = (texts, longest) => ({type: 'WordLevel', unk_token: '[UNK]', vocab: parts(texts, longest)});
const split = (regex) => ({type: 'Split', pattern: {Regex: regex}, behavior: 'Isolated', invert: false});
const bert = {type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: true};
const token = (id, content, how) => ({id, content, single_word: false, lstrip: false, rstrip: false, normalized: true, special: false, ...how});

const blanks = ['a  b', 'a \n\n b', '  ', 'x 12345', "I'LL  go", '日本\u3000\u3000語', 'a\u0085\u0085b', ' ½ ①\n'];
const cases = [
  {kind: 'pattern of Llama 3', texts: blanks, pre_tokenizer: split("(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"), model: words(blanks, 5)},
  {kind: 'blanks ahead at the end', texts: blanks, pre_tokenizer: split('\\p{L}+|\\s+(?!\\S)'), model: words(blanks, 5)},
  {kind: 'classes', texts: ['a1٣b', '\u3000x\u3000', 'no1 two2'], pre_tokenizer: split('[\\d]+|\\s'), model: words(['a1٣b', '\u3000x\u3000', 'no1 two2'], 4)},
];
const odd = ['a\u0378b', 'a\ue000b', 'a\u00adb', 'Ünï', 'x' + '\u0301'.repeat(40), '東b', 'a\u0000\tb'];
cases.push({kind: 'BERT', texts: odd, normalizer: bert, pre_tokenizer: {type: 'BertPreTokenizer'}, model: words(['a\u0378b', 'ab', 'uni', 'x', '東b'], 5)});
const marks = 'x' + '\u0301'.repeat(40);
cases.push({kind: 'NFC of many marks', texts: [marks], normalizer: {type: 'NFC'}, pre_tokenizer: null, model: {type: 'BPE', unk_token: '[UNK]', vocab: {'[UNK]': 0, 'x': 1, '\u0301': 2, '\u034f': 3}, merges: []}});
const near = ['the Factory opens', 'factory', 'FACTORIES', 'über Über', 'x  mask  y'];
const known = words(near.map((t) => t.toLowerCase()), 9);
const size = Object.keys(known.vocab).length; // the library gives added tokens the numbers from there on
cases.push({kind: 'added tokens', texts: near, normalizer: {type: 'Lowercase'}, pre_tokenizer: {type: 'Whitespace'}, model: known,
  added_tokens: [token(size, 'Factory'), token(size + 1, 'Über', {normalized: false, special: true}), token(size + 2, 'MASK', {lstrip: true, rstrip: true})]});
const wide = ['ⓐb c', 'a\u200db', 'a-b_c', 'a½'];
cases.push({kind: 'words', texts: wide, pre_tokenizer: {type: 'Whitespace'}, model: words(wide, 5)});
cases.push({kind: 'prefix', texts: ['\nab', 'ab', ' ab', '\u00a0ab'], pre_tokenizer: {type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true},
  model: {type: 'BPE', vocab: {'Ġ': 0, 'Ċ': 1, 'a': 2, 'b': 3, 'Â': 4, 'ł': 5, 'Ġa': 6, 'ab': 7}, merges: ['Ġ a', 'a b']}});

(async () => {
  const out = [];
  for (const {kind, texts, ...parts} of cases) {
    const file = {version: '1.0', truncation: null, padding: null, added_tokens: [], normalizer: null, post_processor: null, decoder: null, ...parts};
    const made = Tokenizer.fromString(JSON.stringify(file));
    const of = [];
    for (const text of texts) of.push({text, ids: (await made.encode(text, null, {addSpecialTokens: true})).getIds()});
    out.push({kind, tokenizer: file, texts: of});
  }
  console.log('[\n' + out.map((c) => JSON.stringify(c)).join(',\n') + '\n]');
})();
