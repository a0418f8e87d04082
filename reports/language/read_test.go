package language

import (
	"strings"
	"testing"

	"github.com/sharewise/sharewise/analysis/wording"
)

// TestFormatsOfFiles holds Japanese of formats that files have to their arguments: each
// is written once, as a string.
func TestFormatsOfFiles(t *testing.T) {
	for format, text := range jaFiles {
		want := 0
		for _, v := range verb.FindAllString(format, -1) {
			if v != "%%" {
				want++
			}
		}
		args := make([]any, want)
		for i := range args {
			args[i] = "<" + string(rune('a'+i)) + ">"
		}
		got := japanese().files.Sprintf(format, args...)
		for _, a := range args {
			if strings.Count(got, a.(string)) != 1 {
				t.Errorf("%q: argument %s is not written once in %q", format, a, text)
			}
		}
		if strings.Contains(got, "%!") {
			t.Errorf("%q: %s", format, got)
		}
	}
}

func TestReadNested(t *testing.T) {
	for english, want := range map[string]string{
		`rule "owners": bolts (owner works) and apples (owner orchard) do not have the same owner`:                                                                              "規則「owners」：bolts（owner works）とapples（owner orchard）はownerが異なります",
		"these cannot all be kept, and without any one of them the others can: the budget is 1, and the cheapest choice that serves every domain costs 2; rule cannot link a+b": "次のすべては両立しません（どれか1つを外せば残りは満たせます）：予算は1ですが、全ドメインに対応する最も安い選択でも2かかります；a+bを一緒にしない規則",
		"1 of 4 groups of test samples bears 58% of the loss that this gain is relative to; without it it is −10.6% (−326% to +100%)":                                           "この改善率の基準となる損失の58%は、テストデータの4グループ中1グループによるものです（それを除くと−10.6%（−326%〜+100%））",
		"ridge regression of 7 columns, fitted to 93 rows, penalty chosen by 10 folds of the training rows, by group":                                                           "リッジ回帰（7列、93行に当てはめ、罰則は学習データのグループ別10分割で選択）",
		"models of d1 and d2 alone learned nothing (d1: AUC 0.187 (0.000 to 0.451) is no better than guessing, 0.5), so that their gains compare noise":                         "d1とd2の単独モデルは何も学習できておらず（d1：AUC 0.187（0.000〜0.451）は当て推量（0.5）と変わりません）、改善率は揺らぎの比較にすぎません",
		"domains with owner works, of which those with secret yes share no model with any other; so it is with tests of models on each other's data":                            "owner worksのドメインのうち、secret yesのものはほかのどのドメインともモデルを共有しない。互いのデータでモデルをテストする場合も同じ",
	} {
		got := Japanese.Write(wording.Written(english))
		if got != want {
			t.Errorf("%q reads\n%s, want\n%s", english, got, want)
		}
	}
	// What is known in part stays what it is in that part.
	if got := Japanese.Write(wording.Written("no law of competition: the moon stood in its way")); !strings.Contains(got, "the moon stood in its way") {
		t.Error(got)
	}
}
