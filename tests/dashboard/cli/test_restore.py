"""What `vigie restore` refuses; what it brings back is in test_backup."""

from click.testing import CliRunner

from dashboard.cli import main


def test_a_file_that_is_not_there_and_one_that_is_no_backup(tmp_path):
    (tmp_path / "words").write_text("cheval agrafe pile")
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8" * 100)
    for name, said in (("absent", "does not exist"), ("photo.jpg", "not a backup of Vigie")):
        arguments = [
            str(tmp_path / name),
            "--state",
            str(tmp_path / "new"),
            "--passphrase-file",
            str(tmp_path / "words"),
        ]
        answer = CliRunner().invoke(main, ["restore", *arguments])
        assert (answer.exit_code, said in answer.output) == (2, True), answer.output
    assert not (tmp_path / "new").exists()
