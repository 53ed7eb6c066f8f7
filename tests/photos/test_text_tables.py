"""One reader of text tables: separators, encodings, quotes, and no row lost."""

import pytest

from likeness.errors import LayoutError
from likeness.photos.text_tables import read_text_table


def table_of(tmp_path, content):
    file = tmp_path / "t.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_separators_and_encodings_are_found(tmp_path, separator, encoding):
    text = 'name;note\na;é, x\n0001;"two\nlines"\n'.replace(";", separator).replace("é, x", '"é, x"')
    table = read_text_table(table_of(tmp_path, text.encode(encoding)))
    assert table.rows.to_dict("list") == {"name": ["a", "0001"], "note": ["é, x", "two\nlines"]}
    assert table.rows.index.tolist() == [2, 3]
    assert table.odd == []
    assert (separator == ",") == ("cells" not in table.how)


def test_rows_that_do_not_fit_are_named_and_trailing_commas_are_no_cells(tmp_path):
    table = read_text_table(table_of(tmp_path, "a,b,\n1,2,\n\n3,4,,,\n5\n6,7,8,9\n"), ["b"])
    assert table.rows["b"].to_dict() == {2: "2", 4: "4"}
    assert table.odd == [5, 6]


def test_excel_may_say_its_separator(tmp_path):
    assert read_text_table(table_of(tmp_path, "sep=;\na;b\n1;2\n")).rows["b"].tolist() == ["2"]


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ('a,b,c\n1,2,3\n4,"open,6\n7,8,9\n', "row 3"),  # to the end of the file
        ('a,b,c\n1,"open,3\n4,5,6\n7,"x",9\n', "row 2"),  # to the next quote
        ('a,b,c\n1,"open,3\n' + "4,5,6\n" * 5 + '7,"",9\n', "row 2"),
        ('a,b,c\n1,2,"open\n' + "4,5,6\n" * 5 + '7,8,"\n', "row 2"),  # closed by a quote that ends a cell
    ],
)
def test_a_quote_that_stays_open_is_named_with_its_row(tmp_path, text, row):
    with pytest.raises(LayoutError, match=row):
        read_text_table(table_of(tmp_path, text))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf\n", "empty"),
        ("näme\n".encode("latin-1"), "UTF-8"),
        (b"a,c\n", "no column 'b'"),
        (b"b,a,b\n", "2 columns 'b'"),
    ],
)
def test_what_is_no_table_is_one_line(tmp_path, content, words):
    with pytest.raises(LayoutError, match=words) as caught:
        read_text_table(table_of(tmp_path, content), ["b"])
    assert "t.csv" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_one_line(tmp_path):
    with pytest.raises(LayoutError, match=r"no\.csv"):
        read_text_table(tmp_path / "no.csv")
