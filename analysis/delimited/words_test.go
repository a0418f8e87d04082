package delimited

import (
	"errors"
	"strings"
	"testing"
)

// honest are words of the west, as cells have them: they must be read as what they are,
// also where one of them is all that a table has beyond ASCII.
var honest = map[string]string{
	"German":     "Müller Größe Straße für Köln München Öl Ölstand ÖLSTAND ÄNDERUNG Prüfer Gerät Maß geprüft Stärke Länge Wärme Übergröße Äpfel Ärger schön böse grün GRÜN süß SÜSS fünf zwölf Fußgänger ja-größer Ö Ä über Über Überdruck müde Tür Bär BÄR Höhe Zürich Düsseldorf Käse Weiß weiß GRÖßE größteMenge mögl. ungültig gültig",
	"French":     "façade naïve été élève reçu grève cœur œuvre Œuvre sœur déjà où là à É é È état État Élève ÉLÈVE ÉTÉ ÂGE âge Âge Noël forêt hôtel Hôtel crème brûlée Crème_Brûlée garçon français Français FRANÇAIS préféré créée employée Nestlé® Citroën défectueux qualitéProduit tauxÉchec aiguë maïs août œil bœuf fenêtre père mère ça Ça l’été d’été l’État qu’été n° n°5 où? côté",
	"Spanish":    "año señal niño Niño NIÑO Área área árbol corazón España ESPAÑA español jalapeño sí Sí más MÁS también ¿Qué ¿Dónde ¡Hola dañado Dañado pequeño último Último único bebé 1º 2ª nº camión león pingüino cigüeña",
	"Portuguese": "ação medição função não NÃO Não AÇÃO São SÃO maçã avião coração mãe MÃE irmã pão PÃO café órgão às Às você três português Português bênção Índice ÍNDICE ônibus útil já só avó avô ção",
	"Nordic":     "Åse år År ÅR ål Ål Åk ås smörgås Malmö Göteborg Örebro Ängelholm både Både bäst gröt grön blå BLÅ røde rød Rød RØD brød Ærø ære Århus Ålesund Øre øl Øl ø å Å ö på PÅ være Være päivä määrä hyvää sää yö työ Äiti äiti Hämeenlinna Jyväskylä pöytä þetta það Þór maður íþrótt sjúkur óþekkt góð",
	"Italian":    "città Città CITTÀ perché più Più PIÙ così è È caffè CAFFÈ qualità QUALITÀ lunedì virtù università metà età può",
	"other":      "°C °F µm µs [°C] [µm] T[°C] vol_µL m² m³ cm² 25°C ±5 3×4 ½ ¼ 10% 5€ €5 10€ £5 £10 «oui» »Wort« “quotes” “yes” „Wort“ ‘no’ don’t it’s I’m we’ve John’s – — 1990–2000 Ost–West A–Z … wait… 5‰ • Intel™ Acme® ©2020 §5 Škoda façade’s rôle piñata jalapeños",
}

// foreign are names of classes and columns of east Asia: read rightly or refused.
var foreign = map[string][]string{
	"良品 不良品 不良 良 有 無 男 女 合格 不合格 正常 異常 東京 大阪 名古屋 京都 札幌 福岡 はい いいえ 欠陥 傷 汚れ 赤 青 白 黒 黄 緑 大 中 小 上 下 左 右 東 西 南 北 春 夏 秋 冬 高 低 可 否 犬 猫 鳥 魚 鉄 木 水 火 朝 昼 夜 割れ 欠け 凹み 錆 変色 寸法不良 判定 検査 種類 状態 結果 性別 温度 値 型式 製品 部品 ネジ ボルト ソート 能力 表 裏 A級 B級 LED灯 NG品 x軸 pH値 型A ライン1 第1工場": {"shift_jis", "euc-jp", "iso-2022-jp"},
	"良品 不良品 不良 良 有 无 男 女 合格 不合格 正常 异常 北京 上海 广州 深圳 是 否 对 错 缺陷 划痕 污渍 红 蓝 白 黑 黄 绿 大 中 小 上 下 左 右 东 西 南 北 春 夏 秋 冬 高 低 好 坏 狗 猫 鸟 鱼 铁 木 水 火 早 晚 夜 裂纹 判定 检验 类别 状态 结果 性别 温度 值 型号 产品 零件 螺钉 的 不 电 开 关 空 满 A级 B类 LED灯 NG品 x轴 pH值 1号线":                                {"gbk"},
	"良品 不良品 不良 良 有 無 男 女 合格 不合格 正常 異常 台北 高雄 台中 是 否 對 錯 缺陷 刮痕 污漬 紅 藍 白 黑 黃 綠 大 中 小 上 下 左 右 東 西 南 北 春 夏 秋 冬 高 低 好 壞 狗 貓 鳥 魚 鐵 木 水 火 早 晚 夜 裂紋 判定 檢驗 類別 狀態 結果 性別 溫度 值 型號 產品 零件 螺絲 的 不 電 開 關 空 滿 A級 B類 LED燈 NG品 x軸 pH值 1號線":                                   {"big5"},
	"양품 불량품 불량 양호 유 무 남 여 합격 불합격 정상 이상 서울 부산 대구 예 아니오 결함 긁힘 오염 빨강 파랑 하양 검정 노랑 초록 대 중 소 상 하 좌 우 동 서 남 북 봄 여름 가을 겨울 높음 낮음 개 고양이 새 철 나무 물 불 아침 밤 판정 검사 종류 상태 결과 성별 온도 값 제품 부품 A급 B급 NG품 x축 O형":                                                              {"euc-kr"},
}

// readAs is what a table of classes is read as: its text, or nothing where its encoding is
// asked for.
func readAs(t *testing.T, raw string) string {
	t.Helper()
	lines, err := NewLines(strings.NewReader(raw), "", Settings{}.Limits)
	if err != nil {
		if !strings.Contains(err.Error(), "columns.encoding") {
			t.Fatal(err)
		}
		return ""
	}
	var out strings.Builder
	for {
		line, err := lines.Next()
		if isRowError(err) {
			return ""
		}
		if err != nil {
			return out.String()
		}
		out.Write(line)
		out.WriteByte('\n')
	}
}

// tableOf is a small table in ASCII but for its classes.
func tableOf(classes ...string) string {
	return "x1,label\n1," + strings.Join(classes, "\n2,") + "\n3,ok\n"
}

// count is how many tables were read rightly, refused and read wrongly.
// chance counts what is also UTF-8 of usual letters, as 猫 in GBK is è.
type count struct{ read, refused, chance, wrong int }

// look reads a table in an encoding.
func (c *count) look(t *testing.T, encoding string, classes ...string) {
	t.Helper()
	text := tableOf(classes...)
	raw := encoded(t, encoding, text)
	switch got := readAs(t, raw); {
	case got == text:
		c.read++
	case got == raw:
		c.chance++
	case got == "":
		c.refused++
		if encoding == "windows-1252" {
			t.Logf("refused: %s", classes)
		}
	default:
		c.wrong++
		t.Errorf("%s: %s are read as %q, without a doubt", encoding, classes, got)
	}
}

// TestWordsOfTheWest reads words in Windows-1252, alone and three together.
func TestWordsOfTheWest(t *testing.T) {
	var alone, together count
	for _, words := range honest {
		words := strings.Fields(words)
		for i, w := range words {
			alone.look(t, "windows-1252", w)
			together.look(t, "windows-1252", w, words[(i+1)%len(words)], words[(i+5)%len(words)])
		}
	}
	t.Logf("alone %+v, together %+v", alone, together)
	if alone.refused > 0 || together.refused > 0 {
		t.Errorf("words of the west are refused: alone %+v, three together %+v", alone, together)
	}
}

// TestWordsOfTheEast reads words of east Asia, alone and a few together: none is read
// wrongly without a word, as classes of Windows-1252 or of a neighbour.
func TestWordsOfTheEast(t *testing.T) {
	for words, encodings := range foreign {
		words := strings.Fields(words)
		for _, encoding := range encodings {
			var alone, together count
			for i, w := range words {
				alone.look(t, encoding, w)
				together.look(t, encoding, w, words[(i+1)%len(words)])
				together.look(t, encoding, w, words[(i+3)%len(words)], words[(i+7)%len(words)], words[(i+11)%len(words)])
			}
			t.Logf("%-10s alone %+v, together %+v", encoding, alone, together)
			if share := map[string]float64{"shift_jis": 0.8, "iso-2022-jp": 1, "big5": 0.35}[encoding]; float64(together.read) < share*float64(together.read+together.refused) {
				t.Errorf("%s: only %+v of a few words together", encoding, together)
			}
		}
	}
}

// TestLinesInDoubt takes a word that may be of either kind as its neighbours are.
func TestLinesInDoubt(t *testing.T) {
	late := strings.Repeat("1,ok\n", sniffBytes/5+10)
	for name, c := range map[string]struct {
		raw  string
		read bool
	}{
		"of a western table":    {encoded(t, "windows-1252", "x1,label\n1,Größe\n") + late + encoded(t, "windows-1252", "2,—L\n"), true},
		"of a table in ASCII":   {"x1,label\n" + late + encoded(t, "windows-1252", "2,—L\n"), false},
		"with others before it": {"x1,label\n" + late + encoded(t, "windows-1252", "2,Größe\n2,—L\n"), true},
		"escaped":               {"x1,label\n" + late + encoded(t, "iso-2022-jp", "2,良品\n"), false},
	} {
		if got := readAs(t, c.raw); (got != "") != c.read {
			t.Errorf("%s: read %v, want %v", name, got != "", c.read)
		}
	}
}

// TestDoubtNamesAll says that a word may be Windows-1252 too.
func TestDoubtNamesAll(t *testing.T) {
	_, err := Open(strings.NewReader(encoded(t, "shift_jis", tableOf("有"))), Settings{})
	if !errors.As(err, new(*UnknownEncodingError)) || !strings.Contains(err.Error(), "windows-1252 or shift_jis") {
		t.Errorf("error %v", err)
	}
}

// TestEscapedTexts decodes whole texts in ISO-2022-JP.
func TestEscapedTexts(t *testing.T) {
	raw := []byte(encoded(t, "iso-2022-jp", "合格した部品"))
	if IsUTF8(raw) {
		t.Error("ISO-2022-JP is taken for UTF-8")
	}
	encoding, err := EncodingOf(raw)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := Decode(raw, encoding); err != nil || text != "合格した部品" {
		t.Errorf("read %q: %v", text, err)
	}
}
