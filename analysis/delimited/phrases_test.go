package delimited

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// TestEncodingsOfPhrases guesses the encodings of small tables of words from plants: two
// or four words, as in a table with few names. What is taken for another encoding is read
// wrongly; what is left open is asked for.
func TestEncodingsOfPhrases(t *testing.T) {
	const (
		japan   = "温度 圧力 速度 装置 判定 合格 不良 工場 名古屋 大阪 東京 赤 青 黄 緑 部品番号 検査日 担当者 製造ライン 傷 汚れ 異常 正常 時刻 流量 振動 電流 回転数 停止 運転 重量 寸法 材料 鋼板 樹脂 塗装"
		taiwan  = "溫度 壓力 速度 設備 判定 合格 不良 工廠 台北 高雄 紅 藍 黃 綠 零件 檢驗 日期 操作員 生產線 刮傷 汙漬 異常 正常 時間 流量 振動 電流 電壓 轉速 停止 運行 重量 尺寸 材料 鋼板 樹脂 噴漆"
		china   = "温度 压力 速度 设备 判定 合格 不良 工厂 北京 上海 广州 红 蓝 黄 绿 零件 检验 日期 操作员 生产线 划伤 污渍 异常 正常 时间 流量 振动 电流 电压 转速 停止 运行 重量 尺寸 材料 钢板 树脂 喷漆"
		korea   = "온도 압력 속도 장비 판정 합격 불량 공장 서울 부산 빨강 파랑 노랑 초록 부품 검사 날짜 작업자 긁힘 오염 결함 이상 정상 시간 유량 진동 전류 전압 회전수 정지 운전 무게 치수 재료 강판 수지"
		russia  = "температура давление цех участок годен брак красный синий Москва Казань деталь смена оператор время расход вибрация ток ТОК ЦЕХ БРАК СЕРА ЦИНК МЕДЬ НИКЕЛЬ"
		germany = "Größe Höhe Bärlauch Müll für Köln München Öl ÖLSTAND ÄNDERUNG Prüfer Gerät Maß geprüft Stärke Länge Wärme µm °C m² Übergröße"
	)
	for name, c := range map[string]struct {
		words string
		encoding.Encoding
		found float64 // at least this share is read without asking
		wrong float64 // at most this share is read as something else
	}{
		"shift_jis":    {japan, japanese.ShiftJIS, 0.95, 0.01},
		"euc-jp":       {japan, japanese.EUCJP, 0.08, 0.01},
		"big5":         {taiwan, traditionalchinese.Big5, 0.5, 0},
		"gbk":          {china, simplifiedchinese.GBK, 0, 0.01},
		"euc-kr":       {korea, korean.EUCKR, 0, 0.01},
		"windows-1251": {russia, charmap.Windows1251, 0, 0.01},
		"koi8-r":       {russia, charmap.KOI8R, 0, 0.01},
		"ibm866":       {russia, charmap.CodePage866, 0, 0.01},
		"cp850":        {germany, charmap.CodePage850, 0, 0.1}, // ß, µ and ° are letters of Windows-1252
		"windows-1252": {germany, charmap.Windows1252, 0.9, 0},
	} {
		words := strings.Fields(c.words)
		n, found, wrong := 0, 0, map[string]int{}
		for i, a := range words {
			for j, b := range words {
				for _, k := range []int{0, 3} {
					text := a + ",x\n" + b + ",1\n"
					if k > 0 {
						text = a + ",x," + b + "\n" + words[(i+k)%len(words)] + ",1," + words[(j+2*k)%len(words)] + "\n"
					}
					raw, err := c.NewEncoder().String(text)
					if err != nil {
						t.Fatal(err)
					}
					if i == j || strings.IndexFunc(raw, func(r rune) bool { return r >= 0x80 }) < 0 {
						continue
					}
					n++
					got, err := guess([]byte(raw))
					if err != nil {
						continue
					}
					as := "windows-1252"
					if got != nil {
						as = got.name
					}
					if as == name {
						found++
					} else {
						wrong[as]++
					}
				}
			}
		}
		sum := 0
		for _, k := range wrong {
			sum += k
		}
		t.Logf("%-12s %4d tables, %4d read, %d read wrongly %v", name, n, found, sum, wrong)
		if float64(found) < c.found*float64(n) || float64(sum) > c.wrong*float64(n) {
			t.Errorf("%s: of %d tables %d are read, and %d wrongly: %v", name, n, found, sum, wrong)
		}
	}
}
