namespace Platform.Catalog.Assortment;

/// <summary>Which part of a list was asked for.</summary>
internal readonly record struct Paging(int Page, int Limit)
{
    // Far beyond any catalog, and small enough that page × limit stays an int.
    private const int MaxPage = 1_000_000;
    private const int MaxLimit = 50;

    public int Skip => (Page - 1) * Limit;

    public static Paging Read(QueryReader query, int defaultLimit) =>
        new((int)query.Integer("page", 1, 1, MaxPage), (int)query.Integer("limit", defaultLimit, 1, MaxLimit));

    public Pagination Of(int total) => new(Page, Limit, total, (total + Limit - 1) / Limit);
}

/// <summary>PG2 of api.md §1.5.</summary>
internal sealed record Pagination(int Page, int Limit, int Total, int TotalPages);
