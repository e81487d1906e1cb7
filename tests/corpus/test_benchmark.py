from corpus import benchmark
from tests.corpus.readers.word_files import paragraph, write_word


def test_it_tells_the_speed_of_plain_texts_and_the_seconds_of_each_other_file(
    tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr(benchmark, "_ROUND_SECONDS", 0.0)
    (tmp_path / "a.txt").write_text("no resolution", encoding="utf-8")
    write_word(tmp_path / "b.docx", paragraph("no resolution"))
    (tmp_path / "c.docx").write_bytes(b"PK\x03\x04")

    code = benchmark.main([str(tmp_path)])

    shown = capsys.readouterr().out.splitlines()
    assert code == 0
    assert shown[0].startswith("plain text: 1 files read at ")
    assert shown[1].startswith("b.docx: ")
    assert "read in 0.0" in shown[1]
    assert "not parsed: " in shown[1]
    assert shown[2].startswith("c.docx is damaged")


def test_a_folder_without_documents_is_told(tmp_path, capsys):
    code = benchmark.main([str(tmp_path / "absent")])

    assert code == 2
    assert "holds no documents" in capsys.readouterr().err
