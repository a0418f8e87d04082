package language

func init() { sections = append(sections, jaPromises) }

// jaPromises is promises and what was delivered.
var jaPromises = map[string]string{
	"all of %s, by value":       "%sの全体（価値で加重）",
	"all groups, by value":      "全グループ（価値で加重）",
	"held":                      "達成",
	"broken":                    "未達",
	"not decided":               "未決",
	"The promise":               "約束",
	"The promise of sharing %s": "%sの共有についての約束",
	"%s was held; %s was promised in all, %s was delivered.":                                        "%sは達成されました。約束は合計%s、実績は%sです。",
	"%s was broken; %s was promised in all, %s was delivered.":                                      "%sは達成されませんでした。約束は合計%s、実績は%sです。",
	"%s is not decided: it may have been held or broken; %s was promised in all, %s was delivered.": "%sが達成されたかどうかは未決です。約束は合計%s、実績は%sです。",
	"What was delivered is surely a gain all the same.":                                             "それでも、実績は確実に改善となっています。",
	"It was broken to %s.":     "%sについては未達でした。",
	"It was held to %d of %s.": "%[2]s中%[1]dで達成されました。",
	"The pools and their domains' own models were trained with fresh seeds (%s) and tested on %s.":                                                    "プールと各ドメインの専用モデルを新しいシード（%s）で学習し、%sでテストしました。",
	"Seeds alone are fresh: a choice that suits these test samples by chance is not found out.":                                                       "新しいのはシードだけです。このテストデータに偶然合っただけの選択は見抜けません。",
	"Held means that surely no more than %s is missing in all, which does not matter; a shortfall of less than %s would not have been called broken.": "「達成」は、不足が合計で確実に%s以内（問題にならない差）という意味です。%s未満の不足は未達と判定されません。",
	"Up to %s may be missing: more fresh seeds ('--seeds'), and where that is not enough more test samples, would tell.":                              "最大%sの不足がありえます。新しいシード（--seeds）を増やし、足りなければテストデータも増やせば分かります。",
	"%s: promised %s, delivered %s: %s": "%s：約束%s、実績%s：%s",
	"Promised and delivered gains":      "約束した改善率と実績",
	"Gain of":                           "対象",
	"Promised":                          "約束",
	"Delivered":                         "実績",
	"Difference":                        "差",
	"Promise":                           "判定",
	"Held: surely no more is missing than does not matter. Broken: surely less was delivered than promised. Both by the limits of promise and delivery together; not decided: neither. By value: the sum over the domains, each times what it is worth. Gains are relative, +10%% is a tenth less error than alone.": "達成：不足は確実に問題にならない範囲。未達：実績が確実に約束を下回る。いずれも約束と実績の両方の信頼区間によります。未決：どちらとも言えない。「価値で加重」は、各ドメインの価値を掛けた和です。改善率は相対値で、+10%%は単独より誤りが1割少ないことを表します。",
	"Earlier verifications": "以前の確認",
}
